/** Names as people get them, and what is in the cloud: a space at the end, a decomposed umlaut, a no-break space. */
export const alikeNames: readonly (readonly [inCloud: string, given: string])[] = [
  ["Kitchen ", "Kitchen "],
  ["Kitchen ", "Kitchen"],
  ["Ku\u0308che", "K\u00fcche"],
  ["Caf\u00e9\u00a0Bar", "Caf\u00e9 Bar"],
  [" Living  room", "Living\troom"],
  ["\uac00\u3000\uac00", "\u1100\u1161 \uac00"],
  ["Shed\ufeff", "\u2003Shed"],
];
