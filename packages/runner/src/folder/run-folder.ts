import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";

/** The files of one run, below `runs/<runId>` of the state folder. */
export interface RunFolder {
  readonly runId: string;
  readonly path: string;
  /** What was ordered. Mode 0600. */
  readonly order: string;
  /** Who owns the run; see `RunLock`. */
  readonly lock: string;
  /** What happened, one record a line; see `SpoolWriter`. */
  readonly spool: string;
  readonly transcript: string;
}

const safeRunId = /^[A-Za-z0-9][A-Za-z0-9-]{0,39}$/;

export function runsFolder(stateDir: string): string {
  return join(stateDir, "runs");
}

/** Whether the id can be the name of a folder. */
export function isRunId(text: string): boolean {
  return safeRunId.test(text);
}

/** Throws `run_id_invalid` where the id is more than letters, digits and dashes: it becomes the name of files. */
export function runFolder(stateDir: string, runId: string): RunFolder {
  if (!isRunId(runId)) {
    throw new SignalboxError(
      "run_id_invalid",
      `${JSON.stringify(runId.slice(0, 80))} cannot be the id of a run.`,
      { remedy: "Use up to 40 letters, digits and dashes, such as run-1." },
    );
  }
  const path = join(runsFolder(stateDir), runId);
  return {
    runId,
    path,
    order: join(path, "run.json"),
    lock: join(path, "lock"),
    spool: join(path, "spool"),
    transcript: join(path, "transcript.jsonl"),
  };
}
