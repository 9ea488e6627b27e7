import { randomBytes } from "node:crypto";
import { Worker } from "node:worker_threads";
import { systemClock } from "../../cloud/core/clock";
import { CloudError, toCloudError } from "../../cloud/core/errors";
import { guarded, inBackground } from "../../cloud/core/guard";
import { printable } from "../../cloud/core/text";
import { findPackageFile } from "./package-files";

/** Where the house listens, on 127.0.0.1 only. */
interface HouseAddresses {
  baseUrl: string;
  brokerUrl: string;
  deviceBrokerUrl: string;
}

/** The one message of the house. */
interface Told {
  addresses?: HouseAddresses;
  error?: string;
}

/** The most memory that its values and its garbage may take, in megabytes: it needs a third of that. */
const resourceLimits = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 };
/** How long it may take to open its doors. */
const startTimeoutMs = 60_000;
/** How long it stays after the last account has gone: a deploy ends all, and begins them anew. */
const emptyMs = 3_000;
/** How long it stays after a question of a form whose account is not deployed. */
const visitMs = 60_000;

/**
 * The demo house of this Node-RED: one for all demo accounts, open while there is one. It is the simulator in one file, in
 * a thread of its own, so that none of its faults reaches Node-RED (docs/decisions/0013-the-demo-house-is-a-worker.md).
 */
export class DemoHouse {
  /** The API key that opens it, made anew with each Node-RED and stored nowhere. */
  readonly key = { clientId: randomBytes(16).toString("hex"), clientSecret: randomBytes(32).toString("hex") };
  readonly #file: () => string;
  #accounts = 0;
  #running: { worker: Worker; addresses: Promise<HouseAddresses> } | undefined;
  #stayOpen: () => void = () => undefined;

  /** @param file tells where the house's program is, when it is first needed */
  constructor(file = () => findPackageFile("dist", "demo-house", "house.js")) {
    this.#file = file;
  }

  /** Keeps the house open, once it has been asked for, for an account; returns the function that ends that. */
  keep(): () => void {
    this.#accounts++;
    this.#stayOpen();
    let isKept = true;
    return () => {
      if (!isKept) return;
      isKept = false;
      this.#accounts--;
      this.#closeAfter(emptyMs);
    };
  }

  /**
   * Returns where the house is; opens it where it is not open, or is no more.
   * @throws HouseClosed where it can't be opened
   */
  readonly locate = (): Promise<HouseAddresses> => {
    this.#closeAfter(visitMs);
    try {
      this.#running ??= this.#open();
      return this.#running.addresses;
    } catch (reason) {
      // Its program is missing.
      return Promise.reject(new HouseClosed(toCloudError(reason).message));
    }
  };

  #closeAfter(milliseconds: number): void {
    if (this.#accounts > 0) return;
    this.#stayOpen();
    this.#stayOpen = systemClock.after(milliseconds, () => {
      const worker = this.#running?.worker;
      this.#running = undefined;
      return worker?.terminate();
    });
  }

  #open(): { worker: Worker; addresses: Promise<HouseAddresses> } {
    const worker = new Worker(this.#file(), {
      workerData: this.key,
      // It knows nothing of Node-RED's environment, and of how that was started.
      env: {},
      execArgv: [],
      resourceLimits,
    });
    // Node-RED ends when it likes.
    worker.unref();
    const ended = new Promise<string>((resolve) => {
      worker.once(
        "error",
        guarded((reason: unknown) => resolve(toCloudError(reason).message)),
      );
      worker.once(
        "exit",
        guarded(() => resolve("it ended")),
      );
    });
    inBackground(
      ended.then(() => {
        if (this.#running?.worker === worker) this.#running = undefined;
      }),
    );
    return { worker, addresses: addressesOf(worker, ended) };
  }
}

/** The demo house can't be opened: a fault of this computer or of the package, not of the cloud. */
export class HouseClosed extends CloudError {
  constructor(why: string) {
    super(
      "server_error",
      `The demo house could not be started: ${printable(why).replace(/\.$/, "")}. Restart Node-RED; if it stays so, install this package again.`,
    );
  }
}

/** Waits until a house tells where it is. @throws HouseClosed where it does not */
async function addressesOf(worker: Worker, ended: Promise<string>): Promise<HouseAddresses> {
  let stopTimer: () => void = () => undefined;
  const late = new Promise<string>((resolve) => {
    stopTimer = systemClock.after(startTimeoutMs, () => resolve("it takes too long"));
  });
  const told = new Promise<Told>((resolve) => {
    worker.once("message", guarded(resolve));
  });
  const outcome = await Promise.race([told, ended, late]);
  stopTimer();
  const { addresses, error } = typeof outcome === "string" ? { error: outcome } : outcome;
  if (addresses !== undefined) return addresses;
  await worker.terminate();
  throw new HouseClosed(error ?? "it says nothing");
}

/** The house of this Node-RED. */
export const demoHouse = new DemoHouse();
