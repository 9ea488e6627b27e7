import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmod, lstat, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { oldFlow, space } from "../../../support/old-flow";

const cli = path.resolve(__dirname, "..", "..", "..", "..", "dist", "nodes", "migration", "cli.js");
const flow = oldFlow({ thingId: "a-thing", propertyIds: { temperature: "p-1", relay: "p-2", counter: "p-3" } });

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

describe("migration from the command line", function () {
  this.timeout(30_000);
  let folder: string;

  const run = (...args: string[]): Promise<Outcome> =>
    new Promise((resolve) => {
      execFile(process.execPath, [cli, ...args], { cwd: folder }, (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
      );
    });
  const put = (name: string, content: string): Promise<void> => writeFile(path.join(folder, name), content);
  const get = (name: string): Promise<string> => readFile(path.join(folder, name), "utf8");

  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), "migration-"));
    await put("flows.json", JSON.stringify(flow, null, 4));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("tells what would change, and writes nothing", async () => {
    const { code, stdout, stderr } = await run("migrate", "flows.json");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^arduino-connection "My application" -> arduino-cloud-account\n {2}- The API key stays/);
    assert.match(
      stdout,
      /\nproperty in hist "My temperature" -> arduino-cloud-history\n {2}- The message keeps its shape\./,
    );
    assert.match(stdout, /\nNothing was written\. .*--write "flows.json"/);
    assert.doesNotMatch(stdout, /__\w+__|undefined/);
    assert.deepEqual(await readdir(folder), ["flows.json"]);
    assert.equal(await get("flows.json"), JSON.stringify(flow, null, 4));
  });

  it("writes where it is told to, indented as before, and keeps what was there", async () => {
    assert.equal((await run("migrate", "flows.json", "--write", "out.json")).code, 0);
    assert.deepEqual((await readdir(folder)).sort(), ["flows.json", "out.json"]);
    assert.match(await get("out.json"), /^\[\n {4}\{\n {8}"id": "tab"/);
    assert.doesNotMatch(await get("out.json"), /"property in|arduino-connection/);
    const { stdout } = await run("migrate", "flows.json", "--write", "flows.json");
    assert.match(stdout, /\nWritten to flows\.json; what was there is in flows\.json\.backup\./);
    assert.equal(await get("flows.json"), await get("out.json"));
    assert.equal(await get("flows.json.backup"), JSON.stringify(flow, null, 4));
    assert.match((await run("migrate", "flows.json")).stdout, /Nothing to do/);
  });

  it("never writes over a copy that an earlier run has kept", async () => {
    await put("flows.json.backup", "an older one");
    const { stdout } = await run("migrate", "flows.json", "--write", "flows.json");
    assert.match(stdout, /what was there is in flows\.json\.backup-2\./);
    assert.equal(await get("flows.json.backup"), "an older one");
    assert.equal(await get("flows.json.backup-2"), JSON.stringify(flow, null, 4));
    assert.deepEqual((await readdir(folder)).sort(), ["flows.json", "flows.json.backup", "flows.json.backup-2"]);
  });

  it("puts no copy where a link leads, and writes through a link that flows.json itself is", async () => {
    await put("precious", "stays");
    await symlink("precious", path.join(folder, "flows.json.backup"));
    await symlink("nowhere", path.join(folder, "flows.json.backup-2"));
    await rename(path.join(folder, "flows.json"), path.join(folder, "real.json"));
    await symlink("real.json", path.join(folder, "flows.json"));
    const { code, stdout } = await run("migrate", "flows.json", "--write", "flows.json");
    assert.equal(code, 0);
    assert.match(stdout, /flows\.json\.backup-3\./);
    assert.equal(await get("precious"), "stays");
    assert.equal((await lstat(path.join(folder, "flows.json"))).isSymbolicLink(), true);
    assert.doesNotMatch(await get("real.json"), /"property in/);
    assert.equal((await readdir(folder)).includes("nowhere"), false);
  });

  it("leaves a file that nobody else may read as it is to others", async () => {
    await chmod(path.join(folder, "flows.json"), 0o600);
    await run("migrate", "flows.json", "--write", "flows.json");
    assert.equal((await lstat(path.join(folder, "flows.json"))).mode & 0o777, 0o600);
    assert.equal((await lstat(path.join(folder, "flows.json.backup"))).mode & 0o777, 0o600);
  });

  it("loses nothing where several run at once", async () => {
    const runs = await Promise.all(
      Array.from({ length: 4 }, () => run("migrate", "flows.json", "--write", "flows.json")),
    );
    assert.equal(runs.filter(({ code }) => code === 0).length > 0, true);
    for (const { code, stderr, stdout } of runs) {
      if (code !== 0) assert.match(stderr, /can't be written: it has changed since it was read/);
      else assert.match(stdout, /Written to|Nothing to do/);
    }
    assert.doesNotMatch(await get("flows.json"), /"property in/);
    const copies = (await readdir(folder)).filter((name) => name !== "flows.json");
    assert.equal(
      copies.every((name) => name.startsWith("flows.json.backup")),
      true,
    );
    const kept = await Promise.all(copies.map(get));
    assert.equal(kept.includes(JSON.stringify(flow, null, 4)), true);
  });

  it("gives messages the new shape where that is wanted, and says what changes", async () => {
    const { stdout } = await run("migrate", "flows.json", "--new-messages", "--write", "out.json");
    assert.match(stdout, /msg\.topic is the variable name/);
    assert.doesNotMatch(await get("out.json"), /"compatible": true/);
    assert.match((await run("migrate", "flows.json", "--write", "kept.json")).stdout, /keeps its shape/);
    assert.match(await get("kept.json"), /"compatible": true/);
  });

  it("names the accounts that need a key to be entered", async () => {
    const theirs = { ...flow.find(({ id }) => id === "in"), id: "theirs", organization: space };
    await put("flows.json", JSON.stringify([...flow, theirs]));
    const { stdout } = await run("migrate", "flows.json", "--write", "out.json");
    assert.match(stdout, new RegExp(`One more account, for the space ${space}`));
    assert.match(stdout, new RegExp(`Enter the API key of the account "My application \\(${space}\\)"`));
  });

  it("keeps what names and spaces hold from the terminal", async () => {
    const hostile = "\u001b[2J\u009b2J\nproperty in";
    await put("flows.json", JSON.stringify(flow.map((node) => ({ ...node, name: hostile, organization: hostile }))));
    const { stdout } = await run("migrate", "flows.json", "--write", "out.json");
    assert.match(stdout, /property out "\[2J 2J property in" ->/);
    // eslint-disable-next-line no-control-regex -- these are what it is about
    assert.doesNotMatch(stdout, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it("takes what the admin API gives, and a byte order mark", async () => {
    await put("flows.json", `\uFEFF${JSON.stringify({ flows: flow, rev: "1" })}`);
    assert.equal((await run("migrate", "flows.json", "--write", "out.json")).code, 0);
    const out = JSON.parse(await get("out.json")) as { flows: unknown[]; rev: string };
    assert.deepEqual([out.flows.length, out.rev], [flow.length, "1"]);
  });

  it("says what is wrong with a file, in a line, and fails", async () => {
    for (const [content, reason] of [
      ["nonsense {", "bad.json is not JSON."],
      ['{"a": 1}', "bad.json is not a flow file: an array of nodes is expected."],
      ['[{"id": "a", "type": "tab"}, 7]', "bad.json is not a flow file: its entry 1 has no id or type."],
    ] as const) {
      await put("bad.json", content);
      assert.deepEqual(await run("migrate", "bad.json", "--write", "out.json"), {
        code: 1,
        stdout: "",
        stderr: `${reason}\n`,
      });
    }
    const { code, stderr } = await run("migrate", "none.json");
    assert.equal(code, 1);
    assert.match(stderr, /^none\.json can't be read: ENOENT/);
    const unwritable = await run("migrate", "flows.json", "--write", path.join("no", "such", "folder.json"));
    assert.equal(unwritable.code, 1);
    assert.match(unwritable.stderr, /can't be written: ENOENT/);
    assert.equal((await readdir(folder)).includes("out.json"), false);
  });

  it("explains itself", async () => {
    assert.match((await run("--help")).stdout, /--new-messages/);
    for (const args of [[], ["migrate"], ["move", "flows.json"], ["migrate", "a", "b"], ["migrate", "a", "--force"]]) {
      const { code, stdout, stderr } = await run(...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /migrate flows\.json \[--write out\.json\]/);
    }
  });
});
