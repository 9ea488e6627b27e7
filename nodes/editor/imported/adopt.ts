import { textOf } from "../../../cloud/core/text";
import { textsOf } from "../i18n";
import { usePart } from "../load-part";
import { nameLabel } from "../node-label";

const accountType = "arduino-cloud-account";
const translate = textsOf("arduino-cloud-sidebar");
/** An import adds its nodes one by one, and may hang at the pointer until it is let go. */
const gatherMs = 100;

/** How single nodes are added: dragged in, or typed into the search of the canvas. */
const byHand = ["palette", "typeSearch"];

let fresh: EditorNode[] = [];
let timer: number | undefined;

/** Has what is imported use the accounts that are there, where it brings an account without a key, or none. */
export function adoptImported(): void {
  RED.events.on("nodes:add", (node, options) => {
    if (byHand.includes(options?.source ?? "") || !node.type.startsWith("arduino-cloud-")) return;
    fresh.push(node);
    gather();
  });
}

function gather(): void {
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    if (RED.view.state() === RED.state.IMPORT_DRAGGING) {
      gather();
      return;
    }
    const added = fresh;
    fresh = [];
    // A form that is open adds what a person has just made.
    if (RED.view.state() !== RED.state.EDITING) void adopt(added);
  }, gatherMs);
}

async function adopt(added: readonly EditorNode[]): Promise<void> {
  // What was loaded from the server has not changed.
  const nodes = added.filter(({ changed, type }) => changed === true && type !== accountType);
  const waiting = nodes.filter(({ account, device }) => textOf(account) === "" && textOf(device) === "");
  const brought = added.filter(({ type }) => type === accountType);
  const used = brought.filter(({ id }) => nodes.some(({ account }) => account === id));
  if (nodes.length === 0) return;
  const empty = (await Promise.all(used.map(async (account) => ((await hasKey(account)) ? [] : [account])))).flat();
  const adopted = [...waiting, ...nodes.filter(({ account }) => empty.some(({ id }) => id === account))];
  if (adopted.length === 0) return;
  const others: EditorNode[] = [];
  RED.nodes.eachConfig((node) => {
    if (node.type === accountType && !brought.includes(node)) others.push(node);
  });
  const keyed = (await Promise.all(others.map(async (account) => ((await hasKey(account)) ? [account] : [])))).flat();
  const take = (account: EditorNode): void => {
    useAccount(adopted, empty, account);
    usePart("imported", ({ askForOpen }) => void askForOpen(nodes, account));
  };
  const [only] = keyed;
  if (only !== undefined && keyed.length === 1) take(only);
  else if (keyed.length > 1) usePart("imported", ({ askForAccount }) => askForAccount(keyed, take));
}

/** Returns whether an account has a key, or needs none, as far as the editor may know: typed here, or stored by Node-RED. */
async function hasKey({ id, credentials, demo }: EditorNode): Promise<boolean> {
  if (demo === true) return true;
  if (textOf(credentials?.clientSecret) !== "" || credentials?.has_clientSecret === true) return true;
  try {
    const stored = (await $.getJSON(`credentials/${accountType}/${id}`)) as { has_clientSecret?: boolean };
    return stored.has_clientSecret === true;
  } catch {
    return false;
  }
}

/** Has nodes use another account, and takes those away that nobody uses any more; undo takes all of it back. */
function useAccount(nodes: readonly EditorNode[], empty: readonly EditorNode[], account: EditorNode): void {
  const dirty = RED.nodes.dirty();
  const edits = nodes.map((node) => {
    const event = { t: "edit", node, changes: { account: node.account }, changed: node.changed === true, dirty };
    RED.nodes.updateConfigNodeUsers(node, { action: "remove" });
    node.account = account.id;
    RED.nodes.updateConfigNodeUsers(node, { action: "add" });
    RED.editor.validateNode(node);
    node.dirty = true;
    return event;
  });
  for (const { id } of empty) RED.nodes.remove(id);
  RED.history.push({ t: "multi", events: [...edits, { t: "delete", nodes: empty, dirty }], dirty });
  RED.nodes.dirty(true);
  RED.view.redraw(true);
  const name = nameLabel(account, translate("label.account"));
  RED.notify($("<span>").text(translate("import.adopted", { name })), { type: "success", timeout: 5_000 });
}
