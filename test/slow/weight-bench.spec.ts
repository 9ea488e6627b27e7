import assert from "node:assert/strict";
import { measureWeight } from "../../scripts/bench/weight";

/** `npm run bench -- weight` in few rounds: real Node-REDs, with the package as it is packed and without it. */
describe("the weight of the package in Node-RED", function () {
  this.timeout(300_000);

  it("is small where there is no account, in memory and in the editor", async () => {
    const { heapBytes, nodesBytes, pluginsBytes, resourcesBytes, onDemandBytes } = await measureWeight(2);
    assert.ok(heapBytes > 0 && heapBytes < 3 * 2 ** 20, `${heapBytes} bytes of heap`);
    assert.ok(resourcesBytes > 10_000 && resourcesBytes < 100_000, `${resourcesBytes} bytes of resources`);
    assert.ok(onDemandBytes > 10_000, `${onDemandBytes} bytes on demand`);
    const editorBytes = nodesBytes + pluginsBytes + resourcesBytes;
    assert.ok(editorBytes < 200 * 2 ** 10, `${editorBytes} bytes for the editor`);
  });
});
