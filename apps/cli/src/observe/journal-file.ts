import { join } from "node:path";
import { SignalboxError, type WorkflowConfig } from "@signalbox/contracts";
import type { SqliteJournal } from "@signalbox/journal-sqlite";

/** Where the journal of a workflow file is, and which scope its entries have. */
export function journalFile(config: WorkflowConfig): {
  readonly path: string;
  readonly scope: string;
} {
  return {
    path: config.journal.path ?? join(config.stateDir, "journal.sqlite"),
    scope: `${config.source.path}#${config.tracker.kind}`,
  };
}

/** The journal, to read in; `null` where no daemon has written one yet. Whoever calls closes it. */
export async function openJournalToRead(config: WorkflowConfig): Promise<SqliteJournal | null> {
  if (config.journal.kind !== "sqlite") return null;
  const { SqliteJournal } = await import("@signalbox/journal-sqlite");
  try {
    return await SqliteJournal.open({ ...journalFile(config), readOnly: true });
  } catch (error) {
    if (SignalboxError.isInstance(error) && error.code === "journal_missing") return null;
    throw error;
  }
}
