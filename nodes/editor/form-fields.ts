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

/** Opens what the form of a node keeps under **More** where something in it differs from its default; closes it never. */
export function openMore(node: EditorNode): void {
  const { defaults } = node._def;
  const more = $<HTMLDetailsElement>("#arduino-cloud-more");
  showDefaults(node);
  if (hasOwnDevice() || isDifferent(more, "node-input", defaults)) more.prop("open", true);
}

/**
 * Shows the defaults of fields that a node lacks, as one from elsewhere may: the runtime takes them so, and an empty list
 * or an open box would be stored. A value at the start alone is for new nodes only.
 */
function showDefaults(node: EditorNode): void {
  for (const [field, { value }] of Object.entries(node._def.defaults)) {
    if (node[field] !== undefined || field === "initial") continue;
    const input = $(`#node-input-${field}`);
    if (input.is(":checkbox")) input.prop("checked", value === true);
    else if (input.is("select") && input.find(":selected").length === 0) input.val(String(value));
  }
}

/** Does what `openMore` does for the form of a config node, which may lie above that of another node. */
export function openConfigMore({ _def: { defaults } }: EditorNode, selector: string): void {
  const more = $<HTMLDetailsElement>(selector);
  if (isDifferent(more, "node-config-input", defaults)) more.prop("open", true);
}

function isDifferent(section: JQuery, prefix: string, defaults: EditorNode["_def"]["defaults"]): boolean {
  return Object.entries(defaults).some(([field, { value: usual }]) => {
    const input = section.find(`#${prefix}-${field}`);
    if (input.length === 0) return false;
    if (input.is(":checkbox")) return input.is(":checked") !== usual;
    // A blank text stands for the default.
    return !(input.is(":text") && heldBy(input) === "") && heldBy(input) !== String(usual);
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
