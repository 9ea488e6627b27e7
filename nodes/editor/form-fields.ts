const stored = "arduinoCloudValue";

/** Notes what a field stores, where it shows something else. */
export function setFieldValue(input: JQuery, value: string): void {
  input.data(stored, value);
}

/** Returns what a field of the open form holds; blank where the form has none, and for a config node not chosen. */
export function fieldValue(field: string): string {
  const input = $(`#node-input-${field}`);
  const value = String(input.data(stored) ?? input.val() ?? "");
  return value === "_ADD_" ? "" : value;
}

/** Returns whether a device of Node-RED's own is chosen in the open form: then account and thing do not matter. */
export function hasOwnDevice(): boolean {
  return fieldValue("device") !== "";
}

/** Returns the account that is selected in the open form; `undefined` for none, and for one that only the runtime knows. */
export function chosenAccount(): EditorNode | undefined {
  return RED.nodes.node(fieldValue("account")) ?? undefined;
}

/** Returns whether a text stands for a value that only the runtime knows, as `${NAME}` does. */
export function isEnvironment(text: string): boolean {
  return /^\$[({].*[)}]$/.test(text);
}

/** Shows rows, by selector, only where they matter; `fields` are those that decide it. */
export function showRows(fields: readonly string[], rows: Record<string, () => boolean>): void {
  const show = (): void => {
    for (const [selector, matters] of Object.entries(rows)) $(selector).toggle(matters());
  };
  for (const field of fields) $(`#node-input-${field}`).on("change", show);
  show();
}
