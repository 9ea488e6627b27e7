import type { CloudDevice } from "../../cloud/device";
import { CloudError, isTransient } from "../../cloud/core/errors";
import { isUuid, type Directory, type KnownThing, wireName } from "../../cloud/rest/index";

/**
 * Looks up the thing of a device in its account: a device itself learns neither names nor types from the cloud. Without
 * an account nothing is known, and values go out as they are.
 */
export class DeviceVariableTypes {
  readonly #device: CloudDevice;
  readonly #directory: Directory | undefined;

  constructor(device: CloudDevice, directory: Directory | undefined) {
    this.#device = device;
    this.#directory = directory;
  }

  /** The thing as far as it is known by now. */
  get thing(): KnownThing | undefined {
    const { id } = this.#device.thing;
    return id === "" ? undefined : this.#directory?.peek(id);
  }

  /** Returns the type of a variable as far as it is known by now. */
  typeOf(variable: string): string | undefined {
    return this.thing?.properties.find((property) => wireName(property) === variable)?.type;
  }

  /**
   * Resolves when all is known that can be known of the device's thing.
   * @throws CloudError `offline` while there is no thing, and failures of REST that pass
   */
  async known(): Promise<void> {
    if (this.#directory === undefined) return;
    const { id } = this.#device.thing;
    if (id === "") throw new CloudError("offline", "The device has not learnt yet to which thing it belongs.");
    try {
      await this.#directory.thing(id);
    } catch (reason) {
      // An account that may not see the thing tells no types; the device reports all the same.
      if (isTransient(reason)) throw reason;
    }
  }

  /**
   * Returns the variable name that a setting or message means: a name, or the id of a property that the account knows.
   * @throws CloudError `not_found` for an id that nobody can look up
   */
  nameOf(reference: string): string {
    if (!isUuid(reference)) return reference;
    const property = this.thing?.properties.find(({ id }) => id === reference.toLowerCase());
    if (property !== undefined) return wireName(property);
    throw new CloudError(
      "not_found",
      `No variable with the id ${reference} is known: give its variable name, or choose an account in the device's settings.`,
    );
  }
}
