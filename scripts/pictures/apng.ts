import { crc32 } from "node:zlib";

/** A picture of an animation, and how long it is shown. */
export interface Frame {
  png: Buffer;
  delayMs: number;
}

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Makes an animated PNG, which repeats for ever, of pictures of one size; browsers without it show the first. */
export function animate(frames: readonly Frame[]): Buffer {
  const [first] = frames;
  if (first === undefined) throw new Error("An animation needs a picture.");
  const [header] = chunksOf(first.png, "IHDR");
  if (header === undefined) throw new Error("This is no PNG.");
  let sequence = 0;
  const parts = frames.flatMap(({ png, delayMs }, index) => {
    const control = Buffer.alloc(26);
    control.writeUInt32BE(sequence++, 0);
    // The size: width and height.
    header.copy(control, 4, 0, 8);
    control.writeUInt16BE(delayMs, 20);
    control.writeUInt16BE(1_000, 22);
    const data = chunksOf(png, "IDAT").map((content) => {
      if (index === 0) return chunk("IDAT", content);
      const place = Buffer.alloc(4);
      place.writeUInt32BE(sequence++);
      return chunk("fdAT", Buffer.concat([place, content]));
    });
    return [chunk("fcTL", control), ...data];
  });
  const count = Buffer.alloc(8);
  count.writeUInt32BE(frames.length);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("acTL", count),
    ...parts,
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Returns the contents of all chunks of a type. */
function chunksOf(png: Buffer, type: string): Buffer[] {
  const found: Buffer[] = [];
  for (let at = signature.length; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === type) found.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return found;
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(content.length);
  ends.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)]);
}
