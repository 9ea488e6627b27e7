import { randomUUID } from "node:crypto";

/** A body of several parts, and the media type that tells how they are set apart. */
interface Multipart {
  data: Buffer;
  type: string;
}

/** Name of the file in the body; the cloud asks for `.ota` (docs/protocol.md#ota). */
const fileName = "firmware.ota";

/** Writes fields as `multipart/form-data`, bytes as a file and everything else as text; `undefined` is left out. */
export function writeMultipart(fields: Readonly<Record<string, unknown>>): Multipart {
  const boundary = `----${randomUUID()}`;
  const parts = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => {
      const isFile = value instanceof Uint8Array;
      const disposition = `form-data; name="${encodeURIComponent(name)}"${isFile ? `; filename="${fileName}"` : ""}`;
      const type = isFile ? "\r\nContent-Type: application/octet-stream" : "";
      const head = `--${boundary}\r\nContent-Disposition: ${disposition}${type}\r\n\r\n`;
      return [Buffer.from(head), isFile ? value : Buffer.from(partText(value)), Buffer.from("\r\n")];
    });
  const data = Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
  return { data, type: `multipart/form-data; boundary=${boundary}` };
}

function partText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
