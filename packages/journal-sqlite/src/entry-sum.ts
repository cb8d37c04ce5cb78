import { crc32 } from "node:zlib";

/** Everything that an entry says, as it stands in its row. */
export interface EntryText {
  readonly seq: number;
  readonly epoch: number;
  readonly at: number;
  readonly type: string;
  readonly v: number;
  /** JSON. */
  readonly data: string;
}

/** CRC-32 of an entry: no part of it can change, nor the entry stand in another's place, without its being seen. */
export function entrySum({ seq, epoch, at, type, v, data }: EntryText): number {
  return crc32(data, crc32(`${seq} ${epoch} ${at} ${v} ${type}\n`));
}
