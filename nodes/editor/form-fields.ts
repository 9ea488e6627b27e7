const stored = "arduinoCloudValue";
const inUse = "arduinoCloudInUse";

/** Notes what a field stores, where it shows something else. */
export function setFieldValue(input: JQuery, value: string): void {
  input.data(stored, value);
}

/** Returns what a field of the open form holds; blank where the form has none, and for a config node not chosen. */
export function fieldValue(field: string): string {
  return heldBy($(`#node-input-${field}`));
}

function heldBy(input: JQuery): string {
  const value = String(input.data(stored) ?? input.val() ?? "");
  return value === "_ADD_" ? "" : value;
}

/** Returns whether the open form connects as a device of Node-RED's own: then account and thing do not matter. */
export function hasOwnDevice(): boolean {
  const choice = $("#arduino-cloud-connect-as");
  return choice.data(inUse) === true ? choice.val() === "device" : fieldValue("device") !== "";
}

/**
 * Makes the choice work between the account and a device of Node-RED's own. Returns what puts it where the editor looks
 * for it.
 */
export function chooseConnection(): () => void {
  const isDevice = hasOwnDevice();
  $("#arduino-cloud-connect-as")
    .data(inUse, true)
    .val(isDevice ? "device" : "account");
  return () => {
    if (!hasOwnDevice()) $("#node-input-device").val("_ADD_");
  };
}

/** Opens what the form of a node keeps under **More** where something in it differs from its default. */
export function openMore({ _def: { defaults } }: EditorNode): void {
  const more = $<HTMLDetailsElement>("#arduino-cloud-more");
  more.prop("open", hasOwnDevice() || isDifferent(more, "node-input", defaults));
}

/** Does what `openMore` does for the form of a config node, which may lie above that of another node. */
export function openConfigMore({ _def: { defaults } }: EditorNode, selector: string): void {
  const more = $<HTMLDetailsElement>(selector);
  more.prop("open", isDifferent(more, "node-config-input", defaults));
}

function isDifferent(section: JQuery, prefix: string, defaults: EditorNode["_def"]["defaults"]): boolean {
  return Object.entries(defaults).some(([field, { value: usual }]) => {
    const input = section.find(`#${prefix}-${field}`);
    if (input.length === 0) return false;
    return String(input.is(":checkbox") ? input.is(":checked") : heldBy(input)) !== String(usual);
  });
}

/** Returns the account that is selected in the open form; `undefined` for none, and for one that only the runtime knows. */
export function chosenAccount(): EditorNode | undefined {
  return RED.nodes.node(fieldValue("account")) ?? undefined;
}

/** Returns whether a text stands for a value that only the runtime knows, as `${NAME}` does. */
export function isEnvironment(text: string): boolean {
  return /^\$[({].*[)}]$/.test(text);
}

/** Shows rows, by selector, only where they matter; `fields`, or selectors of them, are those that decide it. */
export function showRows(fields: readonly string[], rows: Record<string, () => boolean>): void {
  const show = (): void => {
    for (const [selector, matters] of Object.entries(rows)) $(selector).toggle(matters());
  };
  for (const field of fields) $(field.startsWith("#") ? field : `#node-input-${field}`).on("change", show);
  show();
}
