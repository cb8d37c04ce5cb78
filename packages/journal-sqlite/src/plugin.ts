import { contractVersion, definePlugin, type JournalPlugin } from "@signalbox/contracts";
import { boolean, minLength, object, optional, pipe, string } from "valibot";
import { SqliteJournal, type SqliteJournalOptions } from "./sqlite-journal.ts";

/** What a plugin loader finds under the name `sqlite`. */
export const plugin: JournalPlugin<Omit<SqliteJournalOptions, "logger">> = definePlugin({
  kind: "journal",
  name: "sqlite",
  contractVersion,
  configSchema: object({
    path: pipe(string(), minLength(1)),
    scope: pipe(string(), minLength(1)),
    readOnly: optional(boolean(), false),
  }),
  create: (options, { logger }) => SqliteJournal.open({ ...options, logger }),
});
