import { SequenceEvents, Simple } from "cbor2";

/** What a decoder should give for a payload; undefined where it should reject it. */
interface Expected {
  readings: { property: string; value: unknown; time: number | undefined; isRounded?: true }[];
  skipped: number;
  valueless?: Set<string>;
}

/** An item as a tree, in which whole numbers are told from floats and text from the rest. */
type Item =
  | { kind: "int" | "float"; number: number }
  | { kind: "text"; text: string }
  | { kind: "bool"; bool: boolean }
  | { kind: "array"; items: Item[] }
  | { kind: "map"; pairs: [Item, Item][] }
  | { kind: "tag"; tag: number; content: Item }
  | { kind: "other" };

const breakMark = Symbol("break");
const names = ["n", "u", "v", "vs", "vb", "s", "t", "ut", "vd"];
const bases = ["", "bver", "bn", "bt", "bu", "bv", "bs"];

/** Reads a payload the slow and obvious way: cbor2 checks the bytes and makes a tree, then records are looked at. */
export function expectedReadings(payload: Uint8Array): Expected | undefined {
  let root: Item;
  try {
    const tokens = tokensOf(payload);
    root = item(tokens);
    if (!tokens.next().done) return undefined;
  } catch {
    return undefined;
  }
  if (root.kind === "tag" && root.tag === 55799) root = root.content;
  if (root.kind !== "array" || root.items.some((element) => tooDeep(element, element.kind === "map" ? 0 : 1))) {
    return undefined;
  }
  return readRecords(root.items);
}

/** cbor2 2.3 reads a half float beyond the end of the input as if zeros followed: that is made up for here. */
function* tokensOf(payload: Uint8Array): Generator {
  for (const token of new SequenceEvents(payload)) {
    const [major, info, , offset] = token;
    if (major === 7 && info === 25 && offset + 3 > payload.length) throw new Error("end");
    yield token;
  }
}

function item(tokens: Iterator<unknown>): Item {
  const found = itemOrBreak(tokens);
  if (found === breakMark) throw new Error("break");
  return found;
}

function itemOrBreak(tokens: Iterator<unknown>): Item | typeof breakMark {
  const next = tokens.next();
  if (next.done) throw new Error("end");
  const [major, info, value] = next.value as [number, number, unknown];
  if (major <= 1) return { kind: "int", number: whole(value as number | bigint) };
  if (major === 2 || major === 3) {
    const text = info === 31 ? pieces(tokens) : value;
    return major === 3 ? { kind: "text", text: text as string } : { kind: "other" };
  }
  if (major === 4) return { kind: "array", items: items(tokens, info === 31 ? undefined : Number(value)) };
  if (major === 5) return { kind: "map", pairs: pairs(items(tokens, info === 31 ? undefined : Number(value) * 2)) };
  if (major === 6) return { kind: "tag", tag: Number(value), content: item(tokens) };
  if (typeof value === "symbol" && info === 31) return breakMark;
  if (typeof value === "boolean") return { kind: "bool", bool: value };
  if (info >= 25 && typeof value === "number") return { kind: "float", number: value };
  if (value === null || typeof value === "symbol" || value === undefined || value instanceof Simple) {
    return { kind: "other" };
  }
  throw new Error(`the oracle does not know major type ${major}, ${info}`);
}

/** Beyond 2^53 our reader adds up in doubles; so does this. */
function whole(value: number | bigint): number {
  if (typeof value === "number") return value;
  return value < 0n ? -1 - Number(-1n - value) : Number(value);
}

function pieces(tokens: Iterator<unknown>): string {
  let text = "";
  for (;;) {
    const piece = itemOrBreak(tokens);
    if (piece === breakMark) return text;
    text += piece.kind === "text" ? piece.text : "";
  }
}

function items(tokens: Iterator<unknown>, count: number | undefined): Item[] {
  const list: Item[] = [];
  while (count === undefined || list.length < count) {
    const found = itemOrBreak(tokens);
    if (found !== breakMark) list.push(found);
    else if (count === undefined) return list;
    else throw new Error("break");
  }
  return list;
}

function pairs(list: Item[]): [Item, Item][] {
  if (list.length % 2 === 1) throw new Error("odd");
  return list.flatMap((key, index) => (index % 2 === 0 ? [[key, list[index + 1]!] as [Item, Item]] : []));
}

/** A record (level 0) may hold 16 levels; scalars directly in a record are never looked into. */
function tooDeep(node: Item, level: number): boolean {
  if (level > 16) return true;
  if (node.kind === "array") return node.items.some((child) => tooDeep(child, level + 1));
  if (node.kind === "map") return node.pairs.some((pair) => pair.some((child) => tooDeep(child, level + 1)));
  return node.kind === "tag" && tooDeep(node.content, level + 1);
}

function labelOf(key: Item): string {
  const byNumber = (number: number): string => (number < 0 ? bases[-number] : names[number]) ?? "?";
  if (key.kind === "int") return byNumber(key.number);
  if (key.kind !== "text") return "?";
  if (names.includes(key.text) || bases.slice(1).includes(key.text)) return key.text;
  if (/^(-[1-6]|[0-8])$/.test(key.text)) return byNumber(Number(key.text));
  return /^[^_].*_$|^[^_]_$/s.test(key.text) ? "must" : "?";
}

function readRecords(elements: Item[]): Expected {
  const result: Expected = { readings: [], skipped: 0 };
  let baseTime: number | undefined;
  let prefix = "";
  for (const element of elements) {
    if (element.kind !== "map") {
      result.skipped += 1;
      continue;
    }
    const fields = new Map<string, Item>();
    let time: number | undefined;
    for (const [key, value] of element.pairs) {
      const label = labelOf(key);
      fields.set(label, value);
      const number = value.kind === "int" || value.kind === "float" ? value.number : NaN;
      if (label === "bt" && Number.isFinite(number)) baseTime = number;
      if (label === "t" && Number.isFinite(number)) time = number;
    }
    const baseName = fields.get("bn");
    if (baseName) prefix = baseName.kind === "text" && /^(?!urn:).*:$/s.test(baseName.text) ? baseName.text : "";
    const [name, value] = [nameOf(fields), valueOf(fields)];
    if (name !== undefined && name !== "" && value !== undefined && !fields.has("must")) {
      const resolved = time === undefined ? baseTime : time + (baseTime ?? 0);
      const isRounded = fields.get("v")?.kind === "int" && !Number.isSafeInteger(value);
      addReading(result, (prefix + name).split(":"), value, resolved, isRounded);
    } else {
      const isBase =
        bases.some((base) => fields.has(base)) && !["n", "v", "vs", "vb", "s", "vd"].some((f) => fields.has(f));
      if (!isBase || fields.has("must")) result.skipped += 1;
      const lacksValue = !["v", "vs", "vb", "s", "vd"].some((f) => fields.has(f)) && !fields.has("must");
      const [variable] = lacksValue && name ? (prefix + name).split(":") : [];
      if (variable) (result.valueless ??= new Set()).add(variable);
    }
  }
  return result;
}

function nameOf(fields: Map<string, Item>): string | undefined {
  const name = fields.get("n");
  return name?.kind === "text" ? name.text : undefined;
}

function valueOf(fields: Map<string, Item>): number | string | boolean | undefined {
  const [number, text, bool] = ["v", "vs", "vb"].map((label) => fields.get(label));
  if (number?.kind === "int" || number?.kind === "float") return number.number;
  if (text?.kind === "text") return text.text;
  return bool?.kind === "bool" ? bool.bool : undefined;
}

function addReading(
  result: Expected,
  [property = "", ...rest]: string[],
  value: number | string | boolean,
  time: number | undefined,
  isRounded: boolean,
): void {
  const component = rest.join(":");
  if (property === "" || component === "__proto__") {
    result.skipped += 1;
    return;
  }
  let last = result.readings.at(-1);
  if (last?.property !== property) {
    last = { property, value: undefined, time };
    result.readings.push(last);
  }
  if (component === "") last.value = value;
  else if (typeof last.value === "object") (last.value as Record<string, unknown>)[component] = value;
  else last.value = { [component]: value };
  const times = [last.time, time].filter((one) => one !== undefined);
  last.time = times.length > 0 ? Math.max(...times) : undefined;
  if (isRounded) last.isRounded = true;
}
