import type { Node, NodeStatusFill } from "node-red";
import { type ClusterState, leaderIn, type SpokenShare } from "../../cloud/cluster/cluster-state";
import type { SessionState } from "../../cloud/mqtt/session";
import type { DeviceConnectionState } from "../../cloud/device-protocol/connection-state";
import type { CloudError } from "../../cloud/core/errors";
import type { EditorPresence } from "./editor-presence";
import { ValueLine } from "./value-line";
import type { ShownValue } from "./value-text";
import { systemClock } from "../../cloud/core/clock";

interface Status {
  fill: NodeStatusFill;
  shape: "dot" | "ring";
  text: string;
}

/** Milliseconds that a request may take before it shows: many nodes that read often would flood the editor. */
const minStatusMs = 500;

/**
 * The status of one node. States are catalogue keys under `<type>.status`, which each editor shows in its own language
 * and which Status nodes can rely on. The editor fills no values into them, so what holds a number has figures and symbols
 * only. Told to the editor on change only.
 */
export class NodeStatus {
  readonly #node: Node;
  #shown = "";
  /** The last value, where it shall be shown. */
  #line: ValueLine | undefined;
  /** Returns to the state in which nothing is the matter, if that is the present one: then the last value stands there. */
  #calm: (() => void) | undefined;

  constructor(node: Node) {
    this.#node = node;
  }

  /** Shows the last value in place of "connected" and "done" from now on. */
  showValues(presence: EditorPresence): void {
    this.#line = new ValueLine(presence, () => this.#calm?.());
  }

  /** Takes the last value; `read` is called when it is shown, if that comes. */
  value(read: () => ShownValue): void {
    this.#line?.note(read);
  }

  /** Forgets the last value. */
  noValue(): void {
    this.#line?.clear();
  }

  /** Ends the showing of values. */
  stop(): void {
    this.#line?.stop();
  }

  /** Shows a green dot: connected, or done. */
  connected(): void {
    this.#show({ fill: "green", shape: "dot", text: this.#line?.text ?? this.#key("connected") });
    this.#calm = () => this.connected();
  }

  /** Shows a blue ring: so many messages are on their way. */
  sending(count: number): void {
    this.#show({ fill: "blue", shape: "ring", text: `↑ ${count}` });
  }

  /** Shows a grey ring: nothing to do, or nothing to do here. */
  idle(state = "idle"): void {
    this.#show({ fill: "grey", shape: "ring", text: this.#key(state) });
  }

  /** Shows a green dot: done, or a state that is as good. */
  done(state = "done"): void {
    this.#show({ fill: "green", shape: "dot", text: this.#line?.text ?? this.#key(state) });
    this.#calm = () => this.done(state);
  }

  /** Shows a green dot: so many objects have become so many others. */
  mapped(from: number, to: number): void {
    this.#show({ fill: "green", shape: "dot", text: `${from} → ${to}` });
  }

  /** Shows a green dot: so many of all are as they should be. */
  portion(part: number, total: number): void {
    this.#show({ fill: "green", shape: "dot", text: `${part}/${total}` });
  }

  /** Waits for a request; shows a blue ring if it takes longer than a moment. */
  async during<T>(request: Promise<T>): Promise<T> {
    const show = (): void => this.#show({ fill: "blue", shape: "ring", text: this.#key("working") });
    const stopTimer = systemClock.after(minStatusMs, show);
    try {
      return await request;
    } finally {
      stopTimer();
    }
  }

  /** Shows a blue ring: how many items are done, and how long the rest will take, where that is known. */
  progress({ done, total, secondsLeft }: { done: number; total: number; secondsLeft?: number }): void {
    this.#show({ fill: "blue", shape: "ring", text: [`${done}/${total}`, ...timeLeft(secondsLeft)].join(" · ") });
  }

  /** Shows a blue ring: how much of a file has gone out. */
  upload(sent: number, total: number): void {
    const percent = total > 0 ? Math.floor((100 * sent) / total) : 0;
    this.#show({ fill: "blue", shape: "ring", text: `↑ ${percent} %` });
  }

  /** Shows a blue ring: how much of the work is done, from 0 to 1. */
  share(part: number): void {
    const percent = Math.floor(100 * Math.min(1, Math.max(0, part)));
    this.#show({ fill: "blue", shape: "ring", text: `${percent} %` });
  }

  /** Shows a yellow ring: so many messages wait for a connection. */
  queued(count: number): void {
    this.#show({ fill: "yellow", shape: "ring", text: `⏸ ${count}` });
  }

  /** Shows a yellow ring: looking something up, or trying it again soon. */
  connecting(): void {
    this.#show({ fill: "yellow", shape: "ring", text: this.#key("connecting") });
  }

  /** Shows a yellow ring: it works, but something wants to be looked at. */
  attention(state: string): void {
    this.#show({ fill: "yellow", shape: "ring", text: this.#key(state) });
  }

  /** Shows a red ring with the reason in short. */
  failed(error: CloudError): void {
    this.#show({ fill: "red", shape: "ring", text: this.#key(error.code.replaceAll("_", "-")) });
  }

  /** Shows the state of the session. */
  session(state: SessionState, now: number): void {
    if (state.name === "online") this.connected();
    else if (state.name === "connecting") this.connecting();
    else if (state.name === "refused") this.failed(state.error);
    else if (state.name === "waiting") this.#waiting(Math.max(1, Math.round((state.until - now) / 1000)));
    else this.idle();
  }

  /** Shows the state of the session, and while it is online that of the cluster, if there is one. */
  account(state: SessionState, now: number, cluster?: ClusterState): void {
    if (state.name !== "online" || cluster === undefined || cluster.name === "idle") this.session(state, now);
    else if (cluster.name === "speaking") this.#speaking(cluster.share);
    else if (cluster.name === "standing-by") this.#standingBy(cluster.speaker);
    else if (cluster.name === "no-engine") this.attention("no-engine");
    else this.connecting();
  }

  /** Shows how a device stands, and while it has no connection which copy of a cluster has one. */
  device(connectionState: DeviceConnectionState, now: number, cluster?: ClusterState): void {
    const { name } = connectionState;
    const leader = leaderIn(cluster);
    if (name === "idle" && leader !== "") this.#standingBy(leader);
    else if (name === "no-thing" || name === "taken-over")
      this.#show({ fill: "red", shape: "ring", text: this.#key(name) });
    else if (name === "waiting" || name === "refused") this.session({ ...connectionState, name }, now);
    else this.session({ name }, now);
  }

  /** Shows a yellow ring: connects again in so many seconds. */
  #waiting(seconds: number): void {
    this.#show({ fill: "yellow", shape: "ring", text: `↻ ${seconds} s` });
  }

  /** Shows a green dot: this copy has the word, for all things or for a part of them. */
  #speaking(share: SpokenShare | undefined): void {
    if (share === undefined) {
      this.done("speaking");
      return;
    }
    this.#show({ fill: "green", shape: "dot", text: this.#line?.text ?? `${share.part}/${share.of}` });
    this.#calm = () => this.#speaking(share);
  }

  /** Shows a grey ring: another copy has the word. */
  #standingBy(speaker: string): void {
    this.#show({ fill: "grey", shape: "ring", text: `⏸ ${speaker}` });
  }

  #key(state: string): string {
    return `${this.#node.type}.status.${state}`;
  }

  #show(status: Status): void {
    this.#calm = undefined;
    const shown = `${status.fill} ${status.shape} ${status.text}`;
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#node.status(status);
  }
}

function timeLeft(seconds: number | undefined): string[] {
  if (seconds === undefined) return [];
  return [seconds > 90 ? `${Math.round(seconds / 60)} min` : `${Math.max(1, Math.round(seconds))} s`];
}
