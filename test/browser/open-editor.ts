import type { Browser } from "playwright-core";
import { type FlowNode, flowTab } from "../support/flows";
import { type NodeRed, type NodeRedOptions, startNodeRed } from "../support/node-red";
import type { House } from "../support/simulated-account";
import { Editor, type OpenOptions, startBrowser } from "./editor";

/**
 * Starts a Node-RED with a tab and these nodes, `null` without any flow, and opens its editor in a browser. All of it ends
 * with the test or file.
 */
export async function openEditor(
  nodes: readonly FlowNode[] | null,
  { nodeRed, ...options }: OpenOptions & { nodeRed?: NodeRedOptions } = {},
): Promise<{ red: NodeRed; browser: Browser; editor: Editor }> {
  const [red, browser] = await Promise.all([startNodeRed(nodeRed), startBrowser()]);
  if (nodes !== null) await red.deploy([flowTab, ...nodes]);
  return { red, browser, editor: await Editor.open(browser, red.url, options) };
}

/**
 * Prepares an editor for one who has never used it: the clipboard may be read, presses of the mouse are counted, and a new
 * account is for the simulated house, which stands in the place of the real cloud.
 */
export async function prepareFirstUse({ page }: Editor, house: House): Promise<void> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  const { baseUrl, brokerUrl, deviceBrokerUrl } = house.account;
  await page.evaluate(
    (addresses) => {
      const { RED } = globalThis as unknown as {
        RED: { nodes: { getType(type: string): { defaults: Record<string, { value: string }> } } };
      };
      const { defaults } = RED.nodes.getType("arduino-cloud-account");
      for (const [field, value] of Object.entries(addresses)) Object.assign(defaults[field] ?? {}, { value });
      const counting = Object.assign(globalThis, { presses: 0 });
      document.addEventListener("mousedown", () => counting.presses++, true);
    },
    { baseUrl, brokerUrl, deviceBrokerUrl },
  );
}
