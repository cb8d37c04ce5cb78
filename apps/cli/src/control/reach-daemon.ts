import { SignalboxError, type JournalOwner } from "@signalbox/contracts";
import { locateState, type WorkflowOptions } from "@signalbox/workflow";
import { withJournal } from "../observe/with-journal.ts";
import { ControlClient } from "./control-client.ts";
import { controlGone } from "./control-errors.ts";

/**
 * The daemon of a workflow file, to be asked one thing. Rejects with `daemon_not_running` where nobody has the journal,
 * with `daemon_unreachable`
 * where somebody has and there is no socket, and with `daemon_silent` where that one does not answer.
 */
export async function reachDaemon(
  file: string | undefined,
  options: WorkflowOptions,
): Promise<ControlClient> {
  try {
    return await ControlClient.connect(locateState(file, options));
  } catch (error) {
    if (!SignalboxError.isInstance(error) || error.code !== "daemon_not_running") throw error;
    const owner = await ownerOf(file, options);
    throw owner === null ? error : controlGone(owner.pid);
  }
}

/** `null` too where the journal cannot be read: then nobody can say that a daemon lives. */
async function ownerOf(
  file: string | undefined,
  options: WorkflowOptions,
): Promise<JournalOwner | null> {
  try {
    return await withJournal(file, options, (journal) => journal.owner());
  } catch (error) {
    if (SignalboxError.isInstance(error)) return null;
    throw error;
  }
}
