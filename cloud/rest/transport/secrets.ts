import { asRecord } from "../../core/json";
import { redact } from "../../core/text";
import { type Field, type Operation, schemaFields } from "../operations/index";
import type { HttpAnswer, RawAnswer } from "./http";

/** A shorter text may stand in an answer by chance: only what an error quotes is looked through for it. */
const minLength = 8;

/** A body of so many bytes is read in parts. */
const longBytes = 256 * 1024;

/**
 * Returns an answer in which the far side quotes no secret that it was sent: what is read from it may end in a message,
 * a log or a status.
 */
export function readAnswer({ chunks, ...raw }: RawAnswer, secrets: readonly string[]): HttpAnswer {
  const quoted = secrets.filter((secret) => secret.length >= minLength);
  const clean = (part: string): string => redact(part, quoted);
  const { mediaType, notices = {} } = raw;
  let text: string | undefined;
  const cleanNotices = Object.entries(notices).map(([name, header]: [string, string | undefined]) => [
    name,
    header === undefined ? undefined : clean(header),
  ]);
  return {
    ...raw,
    mediaType: clean(mediaType),
    notices: Object.fromEntries(cleanNotices) as typeof notices,
    ...(chunks.reduce((sum, { length }) => sum + length, 0) >= longBytes && { long: { chunks, clean } }),
    get text() {
      return (text ??= clean(
        Buffer.concat(chunks)
          .toString()
          .replace(/^\uFEFF/, ""),
      ));
    },
  };
}

/** Returns the passwords and keys in the body of a call, which an error about it must not quote. */
export function secretsOf({ body }: Pick<Operation, "body">, given: unknown): string[] {
  return body === undefined ? [] : secretsIn(body, given);
}

function secretsIn(field: Field, value: unknown): string[] {
  if (field.secret) return typeof value === "string" ? [value] : [];
  const { items } = field;
  if (Array.isArray(value)) return items === undefined ? [] : value.flatMap((item) => secretsIn(items, item));
  const record = field.type === "object" ? asRecord(value) : undefined;
  if (record === undefined) return [];
  return Object.entries(schemaFields(field.schema)).flatMap(([name, inner]) => secretsIn(inner, record[name]));
}
