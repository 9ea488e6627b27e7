import { createHash } from "node:crypto";
import { type KnownThing, type Property, wireName } from "../../cloud/rest/index";

/** Home Assistant drops messages whose topic has any other characters in a node or object id. */
const foreign = /[^A-Za-z0-9_-]+/g;
/** Longer parts of a topic or an entity id are cut. */
const maxPartLength = 80;

/** Returns the id of a thing in topics: without dashes. */
export function topicOfThing({ id }: Pick<KnownThing, "id">): string {
  return id.toLowerCase().replaceAll("-", "");
}

/**
 * Returns the variables of a thing by the name that each has in topics. What a topic can't carry is left out of a name,
 * and names that are the same then, or that stand for something else, get an end that tells them apart.
 */
export function variableKeys(thing: Pick<KnownThing, "properties">): ReadonlyMap<string, Property> {
  const keys = new Map<string, Property>();
  // Names that stay as they are go first, so that no other variable takes their place.
  const isPlain = (property: Property): boolean => topicPart(wireName(property)) === wireName(property);
  for (const property of [...thing.properties].sort((one, other) => Number(isPlain(other)) - Number(isPlain(one)))) {
    const part = topicPart(wireName(property));
    const isTaken = part === "" || part === "status" || keys.has(part);
    keys.set(isTaken || !isPlain(property) ? `${part}_${shortHash(property.id)}` : part, property);
  }
  return keys;
}

function topicPart(name: string): string {
  return name.replace(foreign, "_").slice(0, maxPartLength);
}

/** Returns a few letters that tell one text from another. */
function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 6);
}

/** Returns a name as a part of an entity id, in lower-case letters, digits and `_`; blank where nothing is left of it. */
export function slug(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, maxPartLength);
}

/** Names of things and variables as people read them; control characters would only break lines of a log. */
export function shownName(name: string, fallback: string): string {
  const line = name.replace(/[\p{Cc}\p{Cs}]+/gu, " ").trim();
  return line === "" ? fallback : line;
}
