import assert from "node:assert/strict";
import { StreamMerge, sameMomentMs } from "../../../../cloud/mqtt/stream-merge";

interface Delivery {
  connection: "old" | "fresh";
  text: string;
  at: number;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** Plays deliveries in order of time; the old connection is done at `end`. Gives what comes out. */
function play(deliveries: Delivery[], end: number): string[] {
  const handover = new StreamMerge();
  const out: string[] = [];
  const inOrder = [...deliveries].sort((a, b) => a.at - b.at);
  for (const { connection, text, at } of inOrder.filter((delivery) => delivery.at < end)) {
    if (connection === "fresh") {
      handover.fresh("t", bytes(text), at);
    } else {
      handover.old("t", bytes(text), at);
      out.push(text);
    }
  }
  out.push(...handover.finish().map(({ payload }) => Buffer.from(payload).toString()));
  for (const { connection, text, at } of inOrder.filter((delivery) => delivery.at >= end)) {
    if (connection === "fresh" && handover.passes("t", bytes(text), at)) out.push(text);
  }
  return out;
}

describe("StreamMerge", () => {
  it("goes on where the old connection ended", () => {
    const out = play(
      [
        { connection: "old", text: "1", at: 0 },
        { connection: "old", text: "2", at: 10 },
        { connection: "fresh", text: "2", at: 11 },
        { connection: "old", text: "3", at: 20 },
        { connection: "fresh", text: "3", at: 21 },
        { connection: "fresh", text: "4", at: 30 },
        { connection: "fresh", text: "5", at: 40 },
      ],
      35,
    );
    assert.deepEqual(out, ["1", "2", "3", "4", "5"]);
  });

  it("takes equal bytes for what they are: another message when they come later", () => {
    const out = play(
      [
        { connection: "old", text: "same", at: 0 },
        { connection: "fresh", text: "same", at: 1_500 },
      ],
      100,
    );
    assert.deepEqual(out, ["same", "same"]);
  });

  it("drops a copy that is late on the new connection", () => {
    const out = play(
      [
        { connection: "old", text: "1", at: 90 },
        { connection: "fresh", text: "1", at: 110 },
        { connection: "fresh", text: "2", at: 120 },
      ],
      100,
    );
    assert.deepEqual(out, ["1", "2"]);
  });

  it("rather repeats than loses when the streams can't be joined", () => {
    const out = play(
      [
        { connection: "old", text: "1", at: 0 },
        { connection: "fresh", text: "2", at: 10 },
        { connection: "fresh", text: "1", at: 20 },
      ],
      5,
    );
    assert.deepEqual(out, ["1", "2", "1"]);
  });

  it("keeps topics apart", () => {
    const handover = new StreamMerge();
    handover.old("a", bytes("1"), 0);
    handover.fresh("b", bytes("1"), 1);
    assert.deepEqual(
      handover.finish().map(({ topic }) => topic),
      ["b"],
    );
    assert.equal(handover.passes("a", bytes("1"), 2), false);
    assert.equal(handover.passes("a", bytes("1"), 3), true);
  });

  it("is exact for any moment of the change, also where few different bytes repeat", () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
    for (let round = 0; round < 500; round++) {
      const messages = Array.from({ length: 60 }, (_, index) => ({
        text: String(Math.floor(random() * 2)),
        at: index * 20,
      }));
      const subscribed = Math.floor(random() * 600);
      const unsubscribed = subscribed + sameMomentMs + 50 + Math.floor(random() * 200);
      const lag = (): number => random() * 8;
      const deliveries: Delivery[] = [];
      for (const { text, at } of messages) {
        if (at <= unsubscribed) deliveries.push({ connection: "old", text, at: at + lag() });
        if (at >= subscribed) deliveries.push({ connection: "fresh", text, at: at + lag() });
      }
      // The acknowledgement of the unsubscription comes after all that was sent before it.
      const out = play(deliveries, unsubscribed + 9);
      assert.deepEqual(
        out,
        messages.map(({ text }) => text),
        `round ${round}`,
      );
    }
  });
});
