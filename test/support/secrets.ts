import assert from "node:assert/strict";
import type { House } from "./simulated-account";
import { type NodeRed, readUserFiles } from "./node-red";

/**
 * Looks for the account's secrets and every token that was ever sent, in all that Node-RED printed, exports, answers,
 * keeps in files or hands to flows (statuses and errors among them), and in all URLs that it asked for.
 */
export async function assertNoSecrets(red: NodeRed, house: House): Promise<void> {
  const { requests } = house.simulator.observed;
  const read = async (path: string): Promise<string> => (await red.fetch(path)).text();
  const places = {
    log: red.log(),
    transcript: red.transcript(),
    flows: await read("/flows"),
    credentials: await read("/credentials/arduino-cloud-account/account"),
    files: await readUserFiles(red.userDir),
    urls: requests.map(({ path, query }) => path + JSON.stringify(query)).join("\n"),
  };
  const tokens = requests.map(({ headers }) => String(headers.authorization ?? "").replace(/^bearer /i, ""));
  const secrets = [house.account.clientSecret, ...new Set(tokens.filter((token) => token !== ""))];
  assert.ok(secrets.length > 1, "at least one token was seen");
  for (const [place, text] of Object.entries(places)) {
    for (const secret of secrets) assert.equal(text.includes(secret), false, `a secret is in ${place}`);
  }
}
