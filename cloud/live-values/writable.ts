import { CloudError } from "../core/errors";
import { type KnownThing, type Property, wireName } from "../rest/index";

/** Throws CloudError `read_only` where only the device of a thing may write a variable. */
export function requireWritable({ name }: Pick<KnownThing, "name">, property: Property): void {
  if (property.permission !== "READ_ONLY") return;
  const what = `The variable "${wireName(property)}" of "${name}"`;
  throw new CloudError("read_only", `${what} is READ_ONLY: only its device writes it.`);
}
