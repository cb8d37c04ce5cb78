export type { JournalDamage } from "./find-damage.ts";
export type {
  EntryMark,
  EntryTypeStats,
  EpochStats,
  JournalStats,
  SnapshotStats,
} from "./journal-stats.ts";
export { plugin as default } from "./plugin.ts";
export { SqliteJournal } from "./sqlite-journal.ts";
export type { SqliteJournalOptions } from "./sqlite-journal.ts";
