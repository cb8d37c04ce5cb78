import type { EntryMark, JournalStats } from "@signalbox/journal-sqlite";
import { formatInstant } from "@signalbox/views";
import type { Surroundings } from "../surroundings.ts";
import { renderTable } from "../terminal/table.ts";

/** What a journal holds, for a person. */
export function statsLines(
  stats: JournalStats,
  { paint, columns }: Surroundings,
): readonly string[] {
  const { bytes, compacted, entries, first, last, types, epochs, snapshots } = stats;
  const title = (text: string): string => paint("bold", text);
  return [
    `${title("Entries")}  ${entries}${first === null || last === null ? "" : `, ${markText(first)} to ${markText(last)}`}`,
    ...(compacted === 0 ? [] : [`Entries up to ${compacted} were compacted away.`]),
    `${title("Size")}     ${sizeText(bytes.file)}, of which ${sizeText(bytes.free)} free; write-ahead log ${sizeText(bytes.log)}`,
    "",
    ...renderTable(
      [
        { title: "TYPE", flexible: true },
        { title: "ENTRIES", align: "right" },
        { title: "SIZE", align: "right" },
      ],
      types.map((type) => [type.type, String(type.entries), sizeText(type.bytes)]),
      columns(),
    ),
    "",
    ...renderTable(
      [
        { title: "EPOCH" },
        { title: "ENTRIES", align: "right" },
        { title: "FROM" },
        { title: "TO" },
      ],
      epochs.map(({ epoch, entries: count, firstAt, lastAt }) => [
        String(epoch),
        String(count),
        formatInstant(firstAt),
        formatInstant(lastAt),
      ]),
      columns(),
    ),
    "",
    ...renderTable(
      [{ title: "SNAPSHOT AFTER" }, { title: "TIME" }, { title: "SIZE", align: "right" }],
      snapshots.map(({ seq, at, bytes: size }) => [
        `entry ${seq}`,
        formatInstant(at),
        sizeText(size),
      ]),
      columns(),
    ),
  ];
}

function markText({ seq, at }: EntryMark): string {
  return `${seq} (${formatInstant(at)})`;
}

function sizeText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const kib = bytes / 1_024;
  return kib < 1_024 ? `${kib.toFixed(1)} KiB` : `${(kib / 1_024).toFixed(1)} MiB`;
}
