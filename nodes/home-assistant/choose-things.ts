import { CloudError, toCloudError } from "../../cloud/core/errors";
import { findThing, isUuid, type KnownThing } from "../../cloud/rest/index";

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
