import type { CloudAccount } from "../../cloud/account";
import type { CloudDevice, DeviceReport } from "../../cloud/device";
import { CloudError, isTransient } from "../../cloud/core/errors";
import { findVariable, isUuid, type KnownThing, type Property, wireName } from "../../cloud/rest/index";

/** The parts of a device's account that tell of its thing. */
export type ThingKnowledge = Pick<CloudAccount, "rest" | "knowledge">;

/** Knowledge older than this is refreshed before an id or a name is refused because of it. */
const refusalTtlMs = 2_000;

/**
 * Looks up the thing of a device in its account: a device itself learns neither names nor types from the cloud. Without
 * an account nothing is known, and values go out as they are.
 */
export class DeviceVariableTypes {
  readonly #device: CloudDevice;
  readonly #account: ThingKnowledge | undefined;

  constructor(device: CloudDevice, account: ThingKnowledge | undefined) {
    this.#device = device;
    this.#account = account;
  }

  /** Whether there is anything to wait for before values are named and converted. */
  get isLearnt(): boolean {
    return this.#account !== undefined;
  }

  /** The thing as far as it is known by now. */
  get thing(): KnownThing | undefined {
    const { id } = this.#device.thing;
    return id === "" ? undefined : this.#account?.rest.directory.peek(id);
  }

  /** Returns the type of a variable as far as it is known by now. */
  typeOf(variable: string): string | undefined {
    return this.thing?.properties.find((property) => wireName(property) === variable)?.type;
  }

  /** Keeps what is known fresh until the returned function is called. */
  follow(): () => void {
    return this.#account?.knowledge.follow(() => undefined) ?? (() => undefined);
  }

  /**
   * Resolves when all is known that can be known of the device's thing, and of the variables that these ids and names
   * mean.
   * @throws CloudError `offline` while there is no thing, and failures of REST that pass
   */
  async known(references: Iterable<string> = []): Promise<void> {
    if (this.#account === undefined) return;
    const { id } = this.#device.thing;
    if (id === "") throw new CloudError("offline", "The device has not learnt yet to which thing it belongs.");
    const { knowledge, rest } = this.#account;
    knowledge.use();
    try {
      await rest.directory.thing(id);
      // It may have been made meanwhile.
      if ([...references].some((reference) => this.#named(reference) === undefined)) {
        await rest.directory.thing(id, { maxAgeMs: refusalTtlMs });
      }
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
    const name = this.#named(reference);
    if (name !== undefined) return name;
    const advice =
      this.#account === undefined
        ? ", or choose an account in the device's settings"
        : "; its account knows no such id";
    throw new CloudError(
      "not_found",
      `No variable with the id ${reference} is known: give its variable name${advice}.`,
    );
  }

  /**
   * Returns the variable name that a value is reported under. Where the account knows the thing, that has to be one of
   * its variables: the cloud takes any name and drops the value.
   * @throws CloudError `not_found`
   */
  reportedNameOf(reference: string): string {
    const { thing } = this;
    if (isUuid(reference) || thing === undefined || this.#named(reference) !== undefined) return this.nameOf(reference);
    // Tells which names are close.
    return wireName(findVariable(thing, reference));
  }

  /** Returns values as the device reports them: under the names that ids stand for, converted to the types that are known. */
  reportOf(report: Omit<DeviceReport, "nameOf" | "types" | "ready">): DeviceReport {
    const references = [...report.values.keys()];
    return {
      ...report,
      nameOf: (reference) => this.reportedNameOf(reference),
      types: (variable) => this.typeOf(variable),
      ready: this.isLearnt ? () => this.known(references) : undefined,
    };
  }

  /** Returns the name of the variable with this id or name, where it is known. */
  #named(reference: string): string | undefined {
    const isMeant = isUuid(reference)
      ? ({ id }: Property): boolean => id.toLowerCase() === reference.toLowerCase()
      : (property: Property): boolean => wireName(property) === reference;
    const property = this.thing?.properties.find(isMeant);
    return property === undefined ? undefined : wireName(property);
  }
}
