import { CloudAccount } from "../../cloud/account";
import { CatchUp } from "../../cloud/catch-up/catch-up";
import type { CatchUpOptions, CaughtSource } from "../../cloud/catch-up/catch-up-options";
import { type Clock, systemClock } from "../../cloud/core/clock";
import type { LiveValue } from "../../cloud/live-values/value-feed";
import type { CloudError } from "../../cloud/core/errors";
import { operation } from "../../cloud/rest/index";
import type { Board } from "../../simulator/boards/board";
import { type House, startHouse } from "./simulated-account";
import { until } from "./wait";

interface Caught extends LiveValue {
  source: CaughtSource;
}

const variables = { counter: "INT", temperature: "FLOAT", relay: "STATUS", message: "CHARSTRING", lamp: "COLOR_HSB" };

/** A house with a board, and an account that can lose its session while the board keeps its own. */
export class Follower {
  readonly got: Caught[] = [];
  readonly warnings: string[] = [];
  readonly errors: CloudError[] = [];
  readonly #ends: (() => void)[] = [];

  private constructor(
    readonly house: House,
    readonly account: CloudAccount,
    readonly board: Board,
  ) {}

  static async start(clock: Clock = systemClock): Promise<Follower> {
    const house = await startHouse({ variables });
    const account = new CloudAccount(
      { ...house.account, requestsPerSecond: 1_000 },
      {
        onMalformed: (topic) => {
          throw new Error(topic);
        },
        onFault: (reason) => {
          throw reason;
        },
      },
      // An outage ends soon after its cause; how long a session waits has unit specs.
      { clock, timings: { retryDelayMs: () => 100 } },
    );
    return new Follower(house, account, await house.board({ echo: true }));
  }

  async stop(): Promise<void> {
    this.end();
    await this.account.close();
    await this.house.stop();
  }

  /** Ends all that was begun with `follow`. */
  end(): void {
    for (const end of this.#ends.splice(0)) end();
  }

  follow(mode: CatchUpOptions["mode"], more: Partial<CatchUpOptions> = {}): CatchUp {
    const { account, house } = this;
    const catchUp = new CatchUp({
      client: account.rest.client,
      lookUp: (how) => account.rest.directory.thing(house.thingId, how),
      clock: systemClock,
      variable: "",
      mode,
      delayMs: 0,
      sink: (live, source) => this.got.push({ ...live, source }),
      onWarning: (message) => this.warnings.push(message),
      onError: (error) => this.errors.push(error),
      ...more,
    });
    const end = account.feed.listen(house.thingId, more.direction ?? "reported", more.variable ?? "", {
      value: (live) => catchUp.value(live),
      subscribed: () => catchUp.subscribed(),
      refused: () => catchUp.unsubscribed(),
      lost: () => catchUp.unsubscribed(),
    });
    this.#ends.push(() => catchUp.stop(), end);
    return catchUp;
  }

  online(): Promise<void> {
    this.account.session.start();
    return until("online", () => this.account.session.state.name === "online");
  }

  async lose(): Promise<void> {
    this.house.simulator.faults.refuseUsers = true;
    this.house.simulator.dropAll({ users: true });
    await until("the loss", () => this.account.session.state.name === "waiting");
  }

  async comeBack(): Promise<void> {
    this.house.simulator.faults.refuseUsers = false;
    await this.online();
  }

  /** Writes as a dashboard does. */
  async write(variable: string, value: unknown): Promise<void> {
    const path = { id: this.house.thingId, pid: this.house.propertyIds[variable] ?? "" };
    await this.account.rest.client.call(operation("properties_v2#publish"), { path, body: { value } });
  }

  valuesOf(variable: string): unknown[] {
    return this.got.filter((one) => one.variable === variable).map(({ value }) => value);
  }

  /** What the cloud has in history. */
  stored(variable: string): unknown[] {
    const property = this.house.simulator.store.propertyNamed(this.house.thingId, variable);
    return (property?.history ?? []).map(({ value }) => value);
  }

  /** How many requests there were to such a path. */
  requests(part: string): number {
    return this.house.simulator.observed.requests.filter(({ path }) => path.includes(part)).length;
  }
}
