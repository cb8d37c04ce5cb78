import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import type { SqliteJournal } from "@signalbox/journal-sqlite";
import { replay } from "@signalbox/orchestrator";
import { locateState, type WorkflowOptions } from "@signalbox/workflow";
import { builtIns } from "../built-ins.ts";
import type { View } from "./look.ts";

/**
 * What the journal knows, for a workflow file that cannot be used as it is now: a daemon goes on with the last good one.
 * `null` where the state folder that follows from the file's path holds no journal of it.
 */
export async function lookBack(
  file: string | undefined,
  options: WorkflowOptions,
): Promise<View | null> {
  const journal = await openLastGood(file, options);
  if (journal === null) return null;
  try {
    const { state } = await replay(journal);
    const daemon = await journal.owner();
    return { state, daemon, trackerError: null, trackerProblems: [] };
  } finally {
    await journal.close();
  }
}

/** The journal of such a file, to read in. Whoever calls closes it. */
export async function openLastGood(
  file: string | undefined,
  options: WorkflowOptions,
): Promise<SqliteJournal | null> {
  const { path, stateDir } = locateState(file, options);
  for (const kind of await possibleTrackers(path)) {
    const journal = await openToRead(join(stateDir, "journal.sqlite"), `${path}#${kind}`);
    if (journal !== null) return journal;
  }
  return null;
}

/** A broken file may not say which tracker it names, but only as one of the kinds in it. */
async function possibleTrackers(path: string): Promise<ReadonlySet<string>> {
  const text = await readFile(path, "utf8").catch(() => "");
  const written = [...text.matchAll(/\bkind["']?:\s*["']?([^\s"',}#]+)/g)].map(
    ([, kind = ""]) => kind,
  );
  const known = Object.keys(builtIns).flatMap((key) => /^tracker-(.+)/.exec(key)?.[1] ?? []);
  return new Set([...written, ...known]);
}

async function openToRead(path: string, scope: string): Promise<SqliteJournal | null> {
  const { SqliteJournal } = await import("@signalbox/journal-sqlite");
  try {
    return await SqliteJournal.open({ path, scope, readOnly: true });
  } catch (error) {
    const isNone =
      SignalboxError.isInstance(error) &&
      (error.code === "journal_missing" || error.code === "journal_scope");
    if (isNone) return null;
    throw error;
  }
}
