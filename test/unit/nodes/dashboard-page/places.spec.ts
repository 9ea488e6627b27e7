import assert from "node:assert/strict";
import { arrange, fillGaps, type GridPlace, isBefore } from "../../../../nodes/dashboard-page/places";
import { randomSource } from "../../../support/random-source";

/** Where a grid of the browser puts items one after the other: in the first cells that are free, and never back. */
function flowThrough(items: readonly GridPlace[], columns: number): GridPlace[] {
  const taken = new Set<string>();
  let [x, y] = [0, 0];
  return items.map(({ width, height }) => {
    const cells = (): string[] =>
      Array.from({ length: width * height }, (_, at) => `${x + (at % width)},${y + Math.floor(at / width)}`);
    while (x + width > columns || cells().some((cell) => taken.has(cell))) {
      x++;
      if (x + width > columns) [x, y] = [0, y + 1];
    }
    for (const cell of cells()) taken.add(cell);
    return { x, y, width, height };
  });
}

const overlaps = (a: GridPlace, b: GridPlace): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

describe("Places on a page", () => {
  const random = randomSource(7);
  const whole = (most: number): number => Math.floor(random() * most);
  const anyPlace = (): GridPlace => ({ x: whole(14), y: whole(12), width: 1 + whole(6), height: 1 + whole(5) });

  it("are exactly those that are wanted, in a grid that has none", () => {
    for (let round = 0; round < 300; round++) {
      const places: GridPlace[] = [];
      for (let count = whole(20); count >= 0; count--) {
        const place = anyPlace();
        if (!places.some((other) => overlaps(place, other))) places.push(place);
      }
      const { places: given, columns, moved } = arrange(places);
      assert.deepEqual([given, moved], [places, []]);
      const gaps = fillGaps(given, columns);
      const items = [...given, ...gaps].sort((a, b) => (isBefore(a, b) ? -1 : 1));
      assert.deepEqual(flowThrough(items, columns), items);
    }
  });

  it("never overlap, and what is right keeps its own", () => {
    for (let round = 0; round < 300; round++) {
      const wanted = Array.from({ length: 1 + whole(25) }, () => (random() < 0.1 ? undefined : anyPlace()));
      const { places, columns, moved } = arrange(wanted);
      assert.equal(places.length, wanted.length);
      places.forEach((place, index) => {
        assert.ok(place.x >= 0 && place.x + place.width <= columns, JSON.stringify(place));
        if (!moved.includes(index)) assert.deepEqual(place, wanted[index]);
        for (const other of places.slice(index + 1)) assert.ok(!overlaps(place, other));
      });
      // One that overlaps none of those before it is where it should be.
      wanted.forEach((place, index) => {
        const isRight = place !== undefined && !wanted.slice(0, index).some((other) => other && overlaps(place, other));
        if (isRight) assert.deepEqual(places[index], place);
      });
    }
  });

  it("are below for what overlaps, in its own columns", () => {
    const lower = { x: 2, y: 4, width: 4, height: 2 };
    const { places, moved } = arrange([
      { x: 0, y: 0, width: 4, height: 4 },
      { x: 2, y: 1, width: 3, height: 2 },
      lower,
    ]);
    assert.deepEqual(moved, [1]);
    assert.deepEqual(places[1], { x: 2, y: 6, width: 3, height: 2 });
    assert.deepEqual(places[2], lower);
  });

  it("are at the end for what has none: on a phone as wide as that", () => {
    const known = { x: 0, y: 0, width: 3, height: 2 };
    assert.deepEqual(arrange([undefined, known]).places, [{ x: 0, y: 2, width: 3, height: 2 }, known]);
    assert.deepEqual(arrange([undefined, undefined], [5, 1]).places, [
      { x: 0, y: 0, width: 4, height: 5 },
      { x: 0, y: 5, width: 4, height: 1 },
    ]);
  });

  it("are found in time for a dashboard of a thousand widgets on one spot", () => {
    const spot = { x: 0, y: 0, width: 2, height: 1 };
    const { places } = arrange(Array.from({ length: 1_000 }, () => spot));
    assert.deepEqual(places.at(-1), { ...spot, y: 999 });
  });
});
