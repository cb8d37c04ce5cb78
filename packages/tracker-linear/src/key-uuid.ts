import { createHash } from "node:crypto";

/** The namespace of this adapter's ids: a UUID that nothing else uses. */
const namespace = Buffer.from("5e0c7c6d4f1b4a8e9a3d2f6b8c7e1d90", "hex");

/**
 * A UUID of version 5 (RFC 9562) that follows from the words: a record that is created twice with it is there once.
 * Linear makes its own ids at random, version 4.
 */
export function uuidOf(...words: readonly string[]): string {
  const name = JSON.stringify(words);
  const bytes = createHash("sha1").update(namespace).update(name).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Whether the id is of the kind that `uuidOf` makes. */
export function isDerived(id: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i.test(id);
}
