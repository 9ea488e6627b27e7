import assert from "node:assert/strict";
import { CloudAccount } from "../../cloud/account";
import { valuePrint } from "../../cloud/cluster/value-print";
import { clusterSettings } from "./cluster-settings";
import type { RedisServer } from "./redis";
import type { House } from "./simulated-account";
import { stopLater } from "./stop";
import { until } from "./wait";

/**
 * Returns the nodes of a flow whose account is in a cluster. A lease is good for so long that a slow machine keeps it, so
 * specs in which one has to end, or is handed over, ask for a shorter `ttl`, in seconds.
 */
export function clusteredFlow(
  house: House,
  redis: Pick<RedisServer, "url">,
  more: object = {},
): Record<string, unknown>[] {
  return [
    { id: "cluster", type: "arduino-cloud-cluster", name: "spec", url: redis.url, ttl: 20, hold: 60, ...more },
    {
      id: "in",
      type: "arduino-cloud-property-in",
      account: "account",
      thing: house.thingId,
      property: "counter",
      direction: "both",
      wires: [["out"]],
    },
    { id: "out", type: "helper" },
    { id: "state", type: "status", scope: ["in"], wires: [["states"]] },
    { id: "states", type: "helper" },
    { id: "catch", type: "catch", scope: null, wires: [["errors"]] },
    { id: "errors", type: "helper" },
  ];
}

interface OtherCopyOptions {
  share?: "standby" | "spread";
  things?: string[];
  ttl?: number;
}

/** Starts another copy, without a Node-RED around it; `values` is what it sends into its flow, once it is `online`. */
export function otherCopy(
  house: House,
  redis: RedisServer,
  { share = "standby", things = [house.thingId], ttl = 20 }: OtherCopyOptions = {},
): { account: CloudAccount; values: number[]; own: boolean[]; online: () => Promise<void> } {
  const account = new CloudAccount(
    house.account,
    { onMalformed: () => assert.fail(), onFault: () => assert.fail() },
    { cluster: clusterSettings(redis.url, { share, ttlMs: ttl * 1_000 }) },
  );
  stopLater(() => account.close());
  const values: number[] = [];
  const own: boolean[] = [];
  const places = things.flatMap((thing) =>
    (["reported", "requested"] as const).map((direction) => ({ thing, direction })),
  );
  for (const { thing, direction } of places) {
    const lane = account.cluster?.open<{ value: number }>(`tab/in/${direction}/${thing}`, thing, {
      speak: ({ value }) => void values.push(value),
      skip: () => undefined,
      print: ({ value }) => valuePrint("counter", value),
      isInitial: () => false,
    });
    account.feed.listen(thing, direction, "counter", {
      value: (live) => {
        own.push(live.own);
        lane?.take({ value: Number(live.value) });
      },
    });
  }
  account.session.start();
  const online = (): Promise<void> => until("the other session", () => account.session.state.name === "online");
  return { account, values, own, online };
}

/** Returns the colour and the text of a status. */
export function statusText(status: unknown): string {
  const { fill, text } = (status ?? { fill: "", text: "" }) as { fill: string; text: string };
  return `${fill} ${text}`;
}
