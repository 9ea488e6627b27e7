import { textsOf } from "../i18n";

const type = "arduino-cloud-account";

/** Adds an account of the demo house, as the account's form does, but at once; undo takes it back. */
export function addDemoAccount(): void {
  const { defaults = {} } = RED.nodes.getType(type) ?? {};
  const usual = Object.fromEntries(Object.entries(defaults).map(([field, { value }]) => [field, value]));
  const name = textsOf(type)("label.demo-house");
  const account = { ...usual, id: RED.nodes.id(), type, name, demo: true };
  RED.view.importNodes([account], { generateIds: false, addFlow: false, notify: false });
}
