import assert from "node:assert/strict";
import { type Device, findDevice, listDevices, type Rest } from "../../../../../cloud/rest/index";
import { alikeNames } from "../../../../support/alike-names";

const id = "6f1f6f6f-6f2c-4f59-9a3f-0b5a2ad42d7c";
const devices: Device[] = [
  { id, name: "Board", type: "unoq" },
  { id: "a", name: "Twin", type: "unoq" },
  { id: "b", name: "Twin", type: "unoq" },
];

function clientOf(body: unknown): Pick<Rest["client"], "call"> {
  return { call: () => Promise.resolve({ status: 200, body }) };
}

describe("devices", () => {
  it("are found by id in any case, and by an exact name that is unique", () => {
    assert.equal(findDevice(devices, id.toUpperCase()).name, "Board");
    assert.equal(findDevice(devices, "Board").id, id);
    assert.throws(() => findDevice(devices, "Twin"), { code: "ambiguous", message: /a, b/ });
    assert.throws(() => findDevice(devices, "board"), { code: "not_found", message: /"Board"/ });
    assert.throws(() => findDevice([], "x"), { code: "not_found", message: /no devices/ });
    assert.throws(() => findDevice(devices, id.replace("6", "7")), { code: "not_found" });
    for (const [inCloud, given] of alikeNames) {
      assert.equal(findDevice([...devices, { id: "c", name: inCloud, type: "unoq" }], given).id, "c");
    }
  });

  it("are read from whatever the cloud answers", async () => {
    assert.deepEqual(await listDevices(clientOf(null)), []);
    const list = [
      null,
      7,
      {},
      { id },
      { id: "+" },
      { id: "x".repeat(66_000) },
      { id: id.replace("6", "7"), name: 1, deleted_at: "2026-01-01T00:00:00Z" },
    ];
    assert.deepEqual(await listDevices(clientOf(list)), [{ id, name: "", type: "" }]);
    const full = { id, name: "n", type: "t", device_status: "ONLINE", thing: { id: id.replace("6", "7"), name: "T" } };
    assert.deepEqual(await listDevices(clientOf([full])), [full]);
    await assert.rejects(listDevices(clientOf({ devices: [] })), { code: "server_error" });
  });
});
