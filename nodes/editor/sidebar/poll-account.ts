import { failureCode, fetchFrom } from "../admin-client";
import type { ClusterAnswer } from "../../admin/protocol";
import type { Overview } from "./tree-rows";

/** The things and devices of an account, as far as they are known. */
export interface Seen {
  overview: Overview;
  /** Why the last look brought nothing new, as a code that `errorText` puts into words; what was seen before stays. */
  problem?: string;
  isLoading: boolean;
  /** How this Node-RED stands in the account's cluster, where it has one. */
  cluster?: ClusterAnswer | null;
}

/** A look that is due, one at everything that somebody has asked for, or one at things and their values only. */
type Look = "due" | "all" | "values";

/** How often things and their values are looked at, in milliseconds. */
const defaultPauseMs = 10_000;
/** After a failure, in milliseconds: a deploy takes a moment; what fails again takes longer to mend. */
const shortPauseMs = 3_000;
const longPauseMs = 30_000;
/** Of so many looks at the things, one looks at the devices too. */
const looksPerDevices = 3;
/** A look that takes long shall not take more than a tenth of the time. */
const shareOfTime = 10;

/**
 * Looks at an account again and again, while somebody can see it: things and values with one request, devices now and
 * then, dashboards once. An account that is not deployed costs a sign-in each time, so it is only looked at when asked.
 */
export class AccountPoller {
  readonly #onSeen: (seen: Seen) => void;
  #account: EditorNode | undefined;
  #isVisible = false;
  /** When the next look is due, by `performance.now`. */
  #dueAt = 0;
  #timer: number | undefined;
  #looks = 0;
  /** Once is enough, also where the API key may not see them. */
  #didAskDashboards = false;
  /** Counts the accounts, so that answers for an earlier one are known for late. */
  #generation = 0;
  #seen: Seen = { overview: {}, isLoading: false };

  constructor(onSeen: (seen: Seen) => void) {
    this.#onSeen = onSeen;
  }

  /** Looks at another account, at the same with other settings, or at none. */
  watch(account: EditorNode | undefined): void {
    this.#generation++;
    const overview = account?.id === this.#account?.id ? this.#seen.overview : {};
    this.#account = account;
    this.#looks = 0;
    this.#didAskDashboards = false;
    this.#dueAt = 0;
    this.#tell({ overview, isLoading: false });
    this.#schedule();
  }

  setVisible(isVisible: boolean): void {
    this.#isVisible = isVisible;
    this.#schedule();
  }

  /** Looks as soon as somebody can see it: something has changed in Node-RED. */
  lookSoon(): void {
    this.#dueAt = 0;
    this.#schedule();
  }

  /** Looks at everything now, or at things and values only, past what Node-RED remembers. */
  refresh(what: "all" | "values" = "all"): void {
    if (!this.#seen.isLoading) void this.#look(what);
  }

  #schedule(): void {
    window.clearTimeout(this.#timer);
    if (this.#account === undefined || !this.#isVisible || this.#seen.isLoading) return;
    if (this.#account.changed === true && this.#looks > 0) return;
    this.#timer = window.setTimeout(() => void this.#look("due"), Math.max(0, this.#dueAt - performance.now()));
  }

  async #look(what: Look): Promise<void> {
    const account = this.#account;
    if (account === undefined) return;
    const generation = this.#generation;
    window.clearTimeout(this.#timer);
    const startedAt = performance.now();
    const wasWell = this.#seen.problem === undefined;
    this.#tell({ ...this.#seen, isLoading: true });
    const found = await this.#ask(account, what);
    if (generation !== this.#generation) return;
    this.#looks++;
    const duration = performance.now() - startedAt;
    const pause = found.problem === undefined ? defaultPauseMs : wasWell ? shortPauseMs : longPauseMs;
    this.#dueAt = performance.now() + Math.max(pause, duration * shareOfTime);
    this.#tell({ isLoading: false, ...found });
    this.#schedule();
  }

  /**
   * Asks for things and devices. Only without the things there is a problem to tell of: an API key need not be good for
   * all that there is.
   */
  async #ask(account: EditorNode, what: Look): Promise<Omit<Seen, "isLoading">> {
    const { overview } = this.#seen;
    const refresh = what !== "due";
    const wantsDevices = what === "all" || (what === "due" && this.#looks % looksPerDevices === 0);
    const hasCluster = account.changed !== true && typeof account.cluster === "string" && account.cluster !== "";
    const [things, devices, cluster] = await Promise.allSettled([
      fetchFrom(account, "overview/things", { refresh }),
      wantsDevices ? fetchFrom(account, "overview/devices", { refresh }) : undefined,
      hasCluster ? fetchFrom(account, "cluster") : null,
    ]);
    const wantsDashboards = things.status === "fulfilled" && (what === "all" || !this.#didAskDashboards);
    this.#didAskDashboards ||= wantsDashboards;
    const [dashboards] = await Promise.allSettled([
      wantsDashboards ? fetchFrom(account, "dashboards", { refresh }) : undefined,
    ]);
    const news: Overview = {
      ...valueOf("things", things),
      ...valueOf("devices", devices),
      ...valueOf("dashboards", dashboards),
    };
    return {
      overview: { ...overview, ...news },
      cluster: cluster.status === "fulfilled" ? cluster.value : null,
      ...(things.status === "rejected" && { problem: failureCode(things.reason) }),
    };
  }

  #tell(seen: Seen): void {
    this.#seen = seen;
    this.#onSeen(seen);
  }
}

function valueOf<Part extends keyof Overview>(
  part: Part,
  result: PromiseSettledResult<Overview[Part] | undefined>,
): Overview {
  return result.status === "fulfilled" && result.value !== undefined ? { [part]: result.value } : {};
}
