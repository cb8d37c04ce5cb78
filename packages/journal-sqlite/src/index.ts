export { plugin as default } from "./plugin.ts";
export { SqliteJournal } from "./sqlite-journal.ts";
export type { SqliteJournalOptions } from "./sqlite-journal.ts";
