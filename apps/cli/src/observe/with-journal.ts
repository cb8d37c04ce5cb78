import { SignalboxError, type JournalErrorCode } from "@signalbox/contracts";
import type { SqliteJournal } from "@signalbox/journal-sqlite";
import { loadWorkflowConfig, type WorkflowOptions } from "@signalbox/workflow";
import { openJournalToRead } from "./journal-file.ts";
import { openLastGood } from "./look-back.ts";

/**
 * Opens the journal of a workflow file to look at it, for as long as `use` needs it: beside a running daemon, without
 * one, and also where the file has errors now. Rejects with `journal_missing` where no daemon has run yet.
 */
export async function withJournal<Result>(
  file: string | undefined,
  place: WorkflowOptions,
  use: (journal: SqliteJournal) => Promise<Result>,
): Promise<Result> {
  const journal = await open(file, place);
  if (journal === null) {
    throw new SignalboxError<JournalErrorCode>(
      "journal_missing",
      "there is no journal: no daemon has run yet with this workflow file and state folder",
      { remedy: "Start one with `signalbox run`, or name the state folder with --state-dir." },
    );
  }
  try {
    return await use(journal);
  } finally {
    await journal.close();
  }
}

async function open(
  file: string | undefined,
  place: WorkflowOptions,
): Promise<SqliteJournal | null> {
  try {
    return await openJournalToRead(loadWorkflowConfig(file, place));
  } catch (error) {
    if (!SignalboxError.isInstance(error) || !error.code.startsWith("workflow_")) throw error;
    const journal = await openLastGood(file, place);
    if (journal === null) throw error;
    return journal;
  }
}
