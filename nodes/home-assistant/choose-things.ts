import { CloudError, toCloudError } from "../../cloud/core/errors";
import { asRecord } from "../../cloud/core/json";
import { findThing, isUuid, type KnownThing, operation, type RestClient } from "../../cloud/rest/index";

/** The things that a node shows, and what is wrong with its choice. */
export interface ChosenThings {
  things: readonly KnownThing[];
  fault?: CloudError;
}

/**
 * Returns the things of the account that are chosen.
 * @param references ids or exact names; none for all things
 * @param tagged the ids of those that have the tag; absent where there is no tag
 */
export function chooseThings(
  all: readonly KnownThing[],
  references: readonly string[],
  tagged: ReadonlySet<string> | undefined,
): ChosenThings {
  const chosen = new Set<KnownThing>(references.length === 0 ? all : []);
  let fault: CloudError | undefined;
  for (const reference of references) {
    try {
      chosen.add(byReference(all, reference));
    } catch (reason) {
      fault ??= toCloudError(reason);
    }
  }
  const things = [...chosen].filter(({ id }) => tagged?.has(id.toLowerCase()) ?? true);
  return fault === undefined ? { things } : { things, fault };
}

function byReference(all: readonly KnownThing[], reference: string): KnownThing {
  if (!isUuid(reference)) return findThing(all, reference);
  const thing = all.find(({ id }) => id.toLowerCase() === reference.toLowerCase());
  if (thing !== undefined) return thing;
  throw new CloudError("not_found", `things: no thing ${reference}. It is deleted, mistyped or of another space.`);
}

/**
 * Returns the ids of the things that have a tag, as in `home:yes`.
 * @throws what `RestClient.call` throws
 */
export async function listTagged(client: Pick<RestClient, "call">, tag: string): Promise<ReadonlySet<string>> {
  const { body } = await client.call(operation("things_v2#list"), { query: { tags: [tag] } });
  const ids = (Array.isArray(body) ? body : []).map((thing: unknown) => asRecord(thing)?.id);
  return new Set(ids.flatMap((id) => (typeof id === "string" ? id.toLowerCase() : [])));
}

/**
 * Returns the first unit of each type that the account's list of types has.
 * @throws what `RestClient.call` throws
 */
export async function listUnits(client: Pick<RestClient, "call">): Promise<ReadonlyMap<string, string>> {
  const { body } = await client.call(operation("property_types_v1#listTypes"), {});
  const units = (Array.isArray(body) ? body : []).flatMap((json: unknown) => {
    const { type, units: all } = asRecord(json) ?? {};
    const [unit] = Array.isArray(all) ? (all as unknown[]) : [];
    return typeof type === "string" && typeof unit === "string" ? [[type, unit] as const] : [];
  });
  return new Map(units);
}
