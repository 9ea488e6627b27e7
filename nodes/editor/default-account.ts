/**
 * Chooses the account of a node that has none where there is only one to choose; to be called when the form opens. With a
 * device of Node-RED's own none is needed.
 */
export function preferOnlyAccount(node: EditorNode): void {
  if (typeof node.device === "string" && RED.nodes.node(node.device)?.type === "arduino-cloud-device") return;
  const select = $("#node-input-account");
  const accounts = select.find("option").filter((_index, option) => $(option).val() !== "_ADD_");
  if (select.val() === "_ADD_" && accounts.length === 1) select.val(String(accounts.val()));
}
