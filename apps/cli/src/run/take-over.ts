import { readFileSync, statSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import {
  SignalboxError,
  type JournalErrorCode,
  type JournalOwner,
  type WorkflowConfig,
} from "@signalbox/contracts";
import { haltedRemedy } from "../control/control-errors.ts";
import { isHalted } from "../control/is-halted.ts";
import { journalFile, openJournalToRead } from "../observe/journal-file.ts";

const endLimitMs = 10_000;
const lookEveryMs = 50;

/**
 * Ends the daemon that has the journal, however it stands: SIGKILL, which leaves its agents to the next one. Returns its
 * pid; `null`: none had it. Rejects with `journal_locked` where it cannot be proved which process that is, as on another
 * machine, and where it does not end.
 */
export async function takeOver(config: WorkflowConfig): Promise<number | null> {
  const owner = await ownerOf(config);
  if (owner === null) return null;
  const { pid } = owner;
  if (!holdsLock(pid, `${journalFile(config).path}-lock`)) throw unproved(owner);
  process.kill(pid, "SIGKILL");
  for (const limit = Date.now() + endLimitMs; (await ownerOf(config)) !== null;) {
    if (Date.now() > limit) throw unproved(owner);
    await after(lookEveryMs);
  }
  return pid;
}

/** What a refused daemon says: a first one that is stopped does not hear what would end it. */
export async function withHaltedOwner(error: unknown, config: WorkflowConfig): Promise<unknown> {
  if (!SignalboxError.isInstance(error) || error.code !== "journal_locked") return error;
  const owner = await ownerOf(config);
  if (owner === null || !isHalted(owner.pid)) return error;
  const { code, message } = error;
  return new SignalboxError(code, `${message} That process is stopped (SIGSTOP).`, {
    remedy: `${haltedRemedy(owner.pid)} \`signalbox run --take-over\` does the latter.`,
  });
}

async function ownerOf(config: WorkflowConfig): Promise<JournalOwner | null> {
  const journal = await openJournalToRead(config);
  try {
    return (await journal?.owner()) ?? null;
  } finally {
    await journal?.close();
  }
}

/** By the kernel's own list: a pid that the journal names may be somebody else's by now, or of another machine. */
function holdsLock(pid: number, path: string): boolean {
  try {
    const { ino } = statSync(path, { bigint: true });
    const held = new RegExp(`^\\d+: POSIX +ADVISORY +WRITE +${pid} [^ ]+:${ino} `, "m");
    return held.test(readFileSync("/proc/locks", "utf8"));
  } catch {
    // No such list on this system.
    return false;
  }
}

function unproved({ pid, host }: JournalOwner): SignalboxError {
  return new SignalboxError<JournalErrorCode>(
    "journal_locked",
    `the daemon with pid ${pid} on ${host} has the journal, and could not be ended from here`,
    { remedy: `End it yourself, on ${host}: \`kill -KILL ${pid}\`; then \`signalbox run\`.` },
  );
}
