/** The one thing and the one device that a check makes, and whatever else, and takes away again. */
import { type CloudProbe, fieldsOf } from "./probe";

const thingName = "Check of node-red-arduino-cloud";
const deviceName = "Check-of-node-red-arduino-cloud";

/** The objects that a check works with. */
export interface CheckObjects {
  thingId: string;
  deviceId: string;
  /** Property ids by variable name. */
  properties: Record<string, string>;
  /** The name of what is made. */
  name: string;
  /** Notes the path of something more that was made. */
  keep(path: string): void;
}

/** The error of a check that could not remove all that it had made. */
export class LeftBehind extends Error {
  constructor(options?: ErrorOptions) {
    super("Something could not be removed: look for what is named after this check, and delete it.", options);
  }
}

/** Makes and removes the objects of a check. What it has made is known at once, so that nothing stays behind a failure. */
export class CheckObjectsKeeper {
  readonly #probe: CloudProbe;
  readonly #remover: CloudProbe;
  /** Paths of what is to be removed. */
  readonly #made: string[] = [];

  /** @param remover what removes, also after all else was called off */
  constructor(probe: CloudProbe, remover: CloudProbe) {
    this.#probe = probe;
    this.#remover = remover;
  }

  /** Makes a thing with variables, and a device that is attached to it. */
  async make(): Promise<CheckObjects> {
    const device = { name: deviceName, type: "login_and_secretkey_wifi", fqbn: "generic:generic:generic" };
    const deviceId = await this.#create("/v2/devices", device);
    const thingId = await this.#create("/v2/things", { name: thingName });
    await this.#probe.call("POST", `/v2/things/${thingId}`, { device_id: deviceId });
    const properties: Record<string, string> = {};
    for (const [variable, type, permission] of [
      ["level", "FLOAT", "READ_WRITE"],
      ["count", "INT", "READ_WRITE"],
      ["fixed", "INT", "READ_ONLY"],
      ["fresh", "INT", "READ_WRITE"],
    ] as const) {
      const body = {
        name: `Shown ${variable}`,
        variable_name: variable,
        type,
        permission,
        update_strategy: "ON_CHANGE",
      };
      const answer = await this.#probe.call("PUT", `/v2/things/${thingId}/properties`, { ...body, persist: true });
      properties[variable] = String(fieldsOf(answer.json).id);
    }
    return { thingId, deviceId, properties, name: thingName, keep: (path) => this.#made.push(path) };
  }

  /** Removes all that was made, for good; returns how much could not be removed. */
  async remove(): Promise<number> {
    let left = 0;
    for (const path of this.#made.splice(0).reverse()) {
      const answer = await this.#remover.call("DELETE", `${path}?force=true`).catch(() => undefined);
      if (answer === undefined || (answer.status >= 400 && answer.status !== 404)) left++;
    }
    return left;
  }

  async #create(path: string, body: object): Promise<string> {
    const answer = await this.#probe.call("PUT", path, body);
    const { id } = fieldsOf(answer.json);
    if (typeof id !== "string") throw new Error(`Nothing could be made at ${path}: HTTP ${answer.status}.`);
    this.#made.push(`${path}/${id}`);
    return id;
  }
}
