import { asRecord } from "../../core/json";
import { redact } from "../../core/text";
import { type Field, type Operation, schemaFields } from "../operations/index";
import type { HttpAnswer } from "./http";

/** A shorter text may stand in an answer by chance: only what an error quotes is looked through for it. */
const minLength = 8;

/**
 * Returns an answer in which the far side quotes no secret that it was sent: what is read from it may end in a message,
 * a log or a status. An answer that quotes none, which is nearly each, is returned as it is.
 */
export function redactAnswer(answer: HttpAnswer, secrets: readonly string[]): HttpAnswer {
  const quoted = secrets.filter((secret) => secret.length >= minLength);
  const clean = (text: string): string => redact(text, quoted);
  const { mediaType, notices = {}, text } = answer;
  const cleanNotices = Object.entries(notices).map(([name, header]: [string, string | undefined]) => [
    name,
    header === undefined ? undefined : clean(header),
  ]);
  return {
    ...answer,
    mediaType: clean(mediaType),
    text: clean(text),
    notices: Object.fromEntries(cleanNotices) as typeof notices,
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
