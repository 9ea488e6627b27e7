import type { Node } from "node-red";
import type { Cluster } from "../../cloud/cluster/cluster";
import type { OpenLane } from "../../cloud/cluster/speaker";
import { valuePrint } from "../../cloud/cluster/value-print";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import { nodePlace } from "../runtime/persistent-state";
import type { MessageBuilder, Origin, ValueEmitter, ValueSource } from "./message-builder";

/** A value on its way into the flow, of this copy or another one. */
interface SharedValue {
  origin: Origin;
  about: Omit<LiveValue, "value">;
  value: unknown;
  source: ValueSource;
}

/**
 * Takes the values of a property in whose flow runs in several copies: one of them sends each value, the others keep it
 * until it is known to be sent.
 */
export class ClusterEmitter implements ValueEmitter {
  readonly #place: string;
  readonly #cluster: Cluster;
  readonly #builder: MessageBuilder;
  readonly #lanes = {
    reported: new Map<string, OpenLane<SharedValue>>(),
    requested: new Map<string, OpenLane<SharedValue>>(),
  };

  constructor(node: Node, cluster: Cluster, builder: MessageBuilder) {
    this.#place = nodePlace(node);
    this.#cluster = cluster;
    this.#builder = builder;
  }

  /** Sends a value if this copy speaks; keeps it else. */
  emit(origin: Origin, about: Omit<LiveValue, "value">, value: unknown, source: ValueSource): void {
    const { direction } = about;
    const { thingId } = origin;
    let lane = this.#lanes[direction].get(thingId);
    if (lane === undefined) {
      lane = this.#open(direction, thingId);
      this.#lanes[direction].set(thingId, lane);
    }
    lane.take({ origin, about, value, source });
  }

  /** Sends nothing more: what comes, and what no node will get, goes to the successor, or to the copy that goes on. */
  end(isHeard: boolean): void {
    for (const lanes of Object.values(this.#lanes)) for (const lane of lanes.values()) lane.close(isHeard);
  }

  /** Lets the other copies go on. */
  async close(): Promise<void> {
    await this.#cluster.handOver();
  }

  #open(direction: LiveValue["direction"], thingId: string): OpenLane<SharedValue> {
    return this.#cluster.open<SharedValue>(`${this.#place}/${direction}/${thingId}`, thingId, {
      speak: ({ origin, about, value, source }, grant) => this.#builder.speak(origin, about, value, source, grant),
      skip: ({ origin, about, value }) => this.#builder.note(origin, about, value),
      // A part of an object is the same in all copies, what it is completed with perhaps not.
      print: ({ about, value }) => valuePrint(about.variable, about.received ?? value),
      isInitial: ({ source }) => source === "initial",
    });
  }
}
