import { shortDigest } from "../core/short-digest";
import type { ClusterSettings } from "./cluster-settings";

/** The slot whose speaker does what one copy alone does for all, as polling. */
export const firstSlot = 0;
/** So many slots there are where copies share the things. */
export const spreadSlots = 16;

/** Returns into how many slots the things are divided. */
export function slotCount(share: ClusterSettings["share"]): number {
  return share === "spread" ? spreadSlots : 1;
}

/** Returns the slot of a thing, the same in all copies. */
export function slotOf(thingId: string, slots: number): number {
  if (slots === 1) return firstSlot;
  return (Buffer.from(shortDigest(thingId), "base64url")[0] ?? 0) % slots;
}

/** A slot that goes over to another copy. */
export interface Gift {
  slot: number;
  to: string;
}

/**
 * Returns which slots go over to which copies, so that each has its share: as many as any other, or one more or less. No
 * more slots move than have to, and the first ones stay longest.
 * @param holders who speaks for each slot; blank: nobody
 * @param copies the copies that can speak
 */
export function fairGifts(holders: readonly string[], copies: readonly string[]): (Gift & { from: string })[] {
  const held = new Map(copies.map((copy) => [copy, slotsOf(copy, holders)]));
  const countOf = (copy: string): number => held.get(copy)?.length ?? 0;
  // Whoever has most keeps what does not divide: in all copies' eyes the same one.
  const ordered = [...held.keys()].sort((a, b) => countOf(b) - countOf(a) || (a < b ? -1 : 1));
  const gifts: { slot: number; from: string }[] = [];
  const places: string[] = [];
  for (const [rank, copy] of ordered.entries()) {
    const share = Math.floor(holders.length / ordered.length) + (rank < holders.length % ordered.length ? 1 : 0);
    const surplus = held.get(copy)?.slice(share) ?? [];
    gifts.push(...surplus.reverse().map((slot) => ({ slot, from: copy })));
    for (let missing = share - countOf(copy); missing > 0; missing--) places.push(copy);
  }
  return gifts.flatMap((gift, index) => {
    const to = places[index];
    return to === undefined ? [] : [{ ...gift, to }];
  });
}

function slotsOf(copy: string, holders: readonly string[]): number[] {
  return holders.flatMap((holder, slot) => (holder === copy ? [slot] : []));
}
