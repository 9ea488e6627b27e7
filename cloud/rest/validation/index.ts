import { CloudError } from "../../core/errors";
import { pathFormats, type Field, type Operation } from "../operations/index";
import { asRecord } from "../../core/json";
import { checkValue, describeExpected } from "./validate-value";
import { fieldPath, Problems } from "./problems";
import { toJson } from "./to-json";
import { describeValue } from "../../core/describe";
import { isPathValue } from "../transport/request";

/** A request as somebody asks for it; anything may be in it. */
interface Asked {
  path?: unknown;
  query?: unknown;
  body?: unknown;
}

/** Errors and warnings about a request: each begins with the field, as in `properties[2].type must …`. */
interface Verdict {
  errors: readonly string[];
  warnings: readonly string[];
}

/**
 * Holds a request against the row of its operation, so that a mistake costs no request. What is merely unknown, such as
 * a new field, is a warning. Pure; never throws, whatever it is given.
 */
export function checkRequest(operation: Operation, { path, query, body }: Asked): Verdict {
  const findings = new Problems();
  checkPath(operation, path, findings);
  checkQuery(operation, query, findings);
  checkBody(operation, body, findings);
  return { errors: findings.errors, warnings: findings.warnings };
}

/**
 * Checks as `checkRequest` and returns the warnings.
 * @throws CloudError `invalid_input` that names all that is wrong
 */
export function requireValid(operation: Operation, asked: Asked): readonly string[] {
  const { errors, warnings } = checkRequest(operation, asked);
  if (errors.length === 0) return warnings;
  throw new CloudError("invalid_input", `${operation.resource}: ${operation.name}: ${errors.join("; ")}.`);
}

function checkPath({ pathFields }: Operation, given: unknown, findings: Problems): void {
  const ids = asRecord(given) ?? {};
  for (const [parameter, kind] of Object.entries(pathFields)) {
    const value = Object.hasOwn(ids, parameter) ? ids[parameter] : undefined;
    const where = `the ${kind}`;
    if (isPathValue(value)) {
      checkValue(pathFormats[kind], value, where, findings);
    } else findings.error(where, `must be ${kind === "type" ? "a board type" : "an id"}; got ${describeValue(value)}`);
  }
}

function checkQuery({ query: fields }: Operation, given: unknown, findings: Problems): void {
  if (given === undefined) return;
  const before = findings.errors.length;
  const plain = toJson(given, findings, { where: "query" });
  if (findings.errors.length > before) return;
  const query = asRecord(plain);
  if (query === undefined) {
    findings.error("query", `must be an object; got ${describeValue(given)}`);
    return;
  }
  for (const [name, value] of Object.entries(query)) {
    const where = fieldPath("query", name);
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field !== undefined) checkValue(field, fromQuery(field, value), where, findings);
    else if (isScalar(value) || (Array.isArray(value) && value.every(isScalar))) {
      findings.warn(where, "is a parameter that is not known here");
    } else
      findings.error(where, `must be a text, a number, true or false, or a list of them; got ${describeValue(value)}`);
  }
}

/** Converts a value of a query to what its field means: in a URL everything is text, and a list of one is no list. */
function fromQuery(field: Field, value: unknown): unknown {
  if (field.type === "list") return Array.isArray(value) ? value : [value];
  if (field.type === "string") return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
  if (typeof value !== "string") return value;
  if (field.type === "boolean") return value === "true" || (value === "false" ? false : value);
  return /^-?\d+$/.test(value) ? Number(value) : value;
}

function isScalar(value: unknown): boolean {
  return ["string", "number", "boolean"].includes(typeof value);
}

function checkBody({ body: field, media }: Operation, given: unknown, findings: Problems): void {
  if (field === undefined) return;
  if (given === undefined || given === null) {
    if (field.required || media === "multipart")
      findings.error("", `is missing; expected is ${describeExpected(field)}`);
    return;
  }
  const before = findings.errors.length;
  const body = toJson(given, findings, { takesBytes: media === "multipart" });
  if (findings.errors.length > before) return;
  checkValue(field, body, "", findings);
}
