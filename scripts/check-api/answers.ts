import { randomUUID } from "node:crypto";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { operation, type Operation } from "../../cloud/rest";
import { fillPath, writeQuery } from "../../cloud/rest/transport/request";
import { startSimulator, type Simulator } from "../../simulator";
import type { Call, Known, Request } from "./call";
import { calls, knownAtFirst } from "./calls";
import { nameOf, operationsOf, type ApiAnswer, type ApiOperation, type Document, type Schema } from "./document";
import type { Findings } from "./findings";

interface Answer {
  status: number;
  media: string;
  text: string;
}

/** Calls each operation of a simulator, well and badly, and holds every answer against the document. */
export async function checkAnswers(document: Document, findings: Findings): Promise<void> {
  const simulator = await startSimulator({ faults: { requestsPerSecond: null } });
  try {
    const guest = simulator.store.createUser();
    const known = await knownAtFirst(simulator, guest.id);
    const tokens = { owner: await tokenOf(simulator, simulator.userId), guest: await tokenOf(simulator, guest.id) };
    const documented = operationsOf(document);
    const validate = validatorOf(document);
    for (const call of calls) {
      const theirs = documented.get(call.id);
      if (!theirs) continue;
      const row = operation(call.id);
      const request = call.request(known);
      for (const bad of badRequests(row, request, tokens.owner)) {
        findings.counts.errorAnswers += 1;
        checkAnswer(
          call.id,
          await send(simulator, row, bad.request, bad.token),
          bad.status,
          theirs,
          validate,
          findings,
        );
      }
      const answer = await send(simulator, row, request, call.asGuest ? tokens.guest : tokens.owner);
      findings.counts.answers += 1;
      checkAnswer(call.id, answer, "success", theirs, validate, findings);
      keep(call, answer, known);
    }
    for (const id of documented.keys()) if (!calls.some((call) => call.id === id)) findings.add(id, "is never called");
  } finally {
    await simulator.stop();
  }
}

/** Returns an access token of a user. */
export async function tokenOf(simulator: Simulator, userId: string): Promise<string> {
  return (await simulator.tokens.mint({ userId })).accessToken;
}

/**
 * Returns bad forms of a request: the same without a token, for an object that is not there, and with a body that is no
 * object.
 */
function badRequests(
  row: Operation,
  request: Request,
  token: string,
): { status: number; request: Request; token?: string }[] {
  const ids = Object.entries(row.pathFields);
  const stranger = Object.fromEntries(ids.map(([name, kind]) => [name, kind === "type" ? "toaster" : randomUUID()]));
  return [
    { status: 401, request },
    ...(ids.length > 0 ? [{ status: 404, request: { ...request, path: stranger }, token }] : []),
    ...(row.body && row.media === undefined ? [{ status: 400, request: { ...request, body: "text" }, token }] : []),
  ];
}

/** Sends a request of an operation to a simulator, unchecked. */
export async function send({ restUrl }: Simulator, row: Operation, request: Request, token?: string): Promise<Answer> {
  const path = fillPath(row, request.path as Record<string, string>);
  const body = row.media === "multipart" ? formOf(request.body) : JSON.stringify(request.body);
  const response = await fetch(restUrl + path + writeQuery(request.query), {
    method: row.verb,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(typeof body === "string" && { "content-type": "application/json" }),
    },
    ...(body && { body }),
  });
  return { status: response.status, media: response.headers.get("content-type") ?? "", text: await response.text() };
}

function formOf(fields: unknown): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields as Record<string, Buffer<ArrayBuffer> | string | number>)) {
    if (typeof value === "object") form.append(name, new Blob([value]), "file.ota");
    else form.append(name, String(value));
  }
  return form;
}

function checkAnswer(
  id: string,
  { status, media, text }: Answer,
  wanted: number | "success",
  theirs: ApiOperation,
  validate: (schema: Schema, value: unknown) => string[],
  findings: Findings,
): void {
  const isWanted = wanted === "success" ? status >= 200 && status < 300 : status === wanted;
  if (!isWanted) findings.add(`${id} ${wanted}`, `answers ${status} ${text.slice(0, 200)}`);
  const place = `${id} ${status}`;
  const documented: ApiAnswer | undefined = theirs.answers.get(status);
  if (!documented) {
    findings.add(place, "is not documented");
    return;
  }
  if (documented.schema === undefined) {
    if (text !== "") findings.add(`${place} body`, `is ${text.slice(0, 100)}; the document has none`);
    return;
  }
  if (!documented.media.includes(media))
    findings.add(`${place} media`, `is ${media}; documented: ${documented.media.join(", ")}`);
  for (const problem of validate(documented.schema, parse(text))) findings.add(`${place} body`, problem);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Returns a check of values against schemas of the document, in which nothing may be that the document does not have.
 */
function validatorOf(document: Document): (schema: Schema, value: unknown) => string[] {
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema({ $id: "api", components: { schemas: closed(document.components.schemas) } });
  const compiled = new Map<string, ValidateFunction>();
  return (schema, value) => {
    const name = nameOf(schema);
    const check = compiled.get(name) ?? ajv.compile({ $ref: `api#/components/schemas/${name}` });
    compiled.set(name, check);
    if (check(value)) return [];
    return (check.errors ?? []).map(
      ({ instancePath, message = "", params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };
}

/** Returns the schemas with every object closed that names its fields. */
function closed(schemas: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      schema.properties && schema.additionalProperties === undefined
        ? { ...schema, additionalProperties: false }
        : schema,
    ]),
  );
}

/** Remembers the ids that later calls need. */
export function keep({ keeps = {} }: Call, { text }: Answer, known: Known): void {
  for (const [name, field] of Object.entries(keeps)) {
    let value = parse(text);
    for (const key of field.split(".")) value = (value as Record<string, unknown> | undefined)?.[key];
    if (typeof value === "string") known[name] = value;
  }
}
