/** The labels of SenML in CBOR that mean something here (docs/protocol.md#labels). */
export const label = {
  baseName: -2,
  baseTime: -3,
  name: 0,
  value: 2,
  text: 3,
  boolean: 4,
  sum: 5,
  time: 6,
  data: 8,
} as const;

/** The base labels run from -6 (base sum) to -1 (base version). */
export const lowestBaseLabel = -6;

/** All labels by their text, as protocol v1 writes them (docs/protocol.md#labels). */
export const labelsByText: ReadonlyMap<string, number> = new Map([
  ["bver", -1],
  ["bn", -2],
  ["bt", -3],
  ["bu", -4],
  ["bv", -5],
  ["bs", -6],
  ["n", 0],
  ["u", 1],
  ["v", 2],
  ["vs", 3],
  ["vb", 4],
  ["s", 5],
  ["t", 6],
  ["ut", 7],
  ["vd", 8],
]);
