import { replayAt } from "@signalbox/orchestrator";
import type { WorkflowOptions } from "@signalbox/workflow";
import type { View } from "./look.ts";
import { withJournal } from "./with-journal.ts";

/**
 * What the journal knew at `at` (epoch milliseconds). The tracker is not asked: it tells the present. Rejects as
 * `replayAt` does, and with `journal_missing`.
 */
export async function lookAt(
  file: string | undefined,
  place: WorkflowOptions,
  at: number,
): Promise<View> {
  return withJournal(file, place, async (journal) => {
    const { state } = await replayAt(journal, at);
    return { state, daemon: await journal.owner(), trackerError: null, trackerProblems: [] };
  });
}
