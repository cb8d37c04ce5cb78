import { SignalboxError, type JournalOwner } from "@signalbox/contracts";
import { createEmptyState, type OrchestratorState } from "@signalbox/core";
import { replay } from "@signalbox/orchestrator";
import type { WorkflowOptions } from "@signalbox/workflow";
import { withJournal } from "./with-journal.ts";

/** What the journal of a workflow file says, without a look at anything else. */
export interface JournalReading {
  readonly state: OrchestratorState;
  /** The daemon that lives now. */
  readonly daemon: JournalOwner | null;
  /** Whether there is a journal: whether any daemon ever ran. */
  readonly isThere: boolean;
}

/** An empty state where no daemon has run yet. */
export async function readJournal(
  file: string | undefined,
  place: WorkflowOptions,
): Promise<JournalReading> {
  try {
    return await withJournal(file, place, async (journal) => {
      const { state } = await replay(journal);
      return { state, daemon: await journal.owner(), isThere: true };
    });
  } catch (error) {
    if (!SignalboxError.isInstance(error) || error.code !== "journal_missing") throw error;
    return { state: createEmptyState(), daemon: null, isThere: false };
  }
}
