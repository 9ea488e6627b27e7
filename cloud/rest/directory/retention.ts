import type { Clock } from "../../core/clock";
import { abortable } from "../../core/abort";
import type { RestClient } from "../transport/client";
import { operation } from "../operations/index";
import { asRecord, isFiniteNumber } from "../../core/json";

/** An answer is good for so long, in milliseconds; so is that there was none. */
const cacheTtlMs = 3_600_000;
/** Milliseconds for an answer: what needs it can do without. */
const timeoutMs = 10_000;

/**
 * For how long the plan of an account keeps history (docs/protocol.md#plans). Asked at most once an hour for each
 * device.
 */
export class Retention {
  readonly #client: Pick<RestClient, "call">;
  readonly #clock: Clock;
  readonly #answers = new Map<string, { at: number; days: Promise<number | undefined> }>();

  constructor({ client, clock }: { client: Pick<RestClient, "call">; clock: Clock }) {
    this.#client = client;
    this.#clock = clock;
  }

  /**
   * Returns the days for which the history of a device's variables is kept; `undefined` where the cloud does not tell.
   * @throws CloudError `cancelled` where `signal` aborts
   */
  days(deviceId: string | undefined, signal?: AbortSignal): Promise<number | undefined> {
    if (deviceId === undefined || deviceId === "") return Promise.resolve(undefined);
    const now = this.#clock.monotonic();
    let answer = this.#answers.get(deviceId);
    if (answer === undefined || now - answer.at > cacheTtlMs) {
      answer = { at: now, days: this.#ask(deviceId).catch(() => undefined) };
      this.#answers.set(deviceId, answer);
    }
    return abortable(answer.days, signal, "The look-up of the plan's retention");
  }

  async #ask(id: string): Promise<number | undefined> {
    const signal = AbortSignal.timeout(timeoutMs);
    const { body } = await this.#client.call(operation("devices_v2#getProperties"), { path: { id } }, { signal });
    const days = asRecord(body)?.data_retention_days;
    return isFiniteNumber(days) && days > 0 ? days : undefined;
  }
}
