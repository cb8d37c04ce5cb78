import type { Issue, TrackerChanges } from "@signalbox/contracts";
import { demand } from "../law-broken.ts";
import type { TrackerTrial } from "./tracker-trial.ts";

export async function changesSince(
  trial: TrackerTrial,
  cursor: string | null,
): Promise<TrackerChanges> {
  const adapter = trial.trackerWith("fetchChanges");
  return trial.call("fetchChanges", (signal) => adapter.fetchChanges(cursor, signal));
}

/** Everything in scope, with a cursor for what comes after. */
export async function fullRead(
  trial: TrackerTrial,
): Promise<{ readonly cursor: string; readonly issues: readonly Issue[] }> {
  const changes = await changesSince(trial, null);
  demand(changes.kind === "full", `Without a cursor it answered ${changes.kind}, not full.`);
  return changes;
}

export function issuesOf(changes: TrackerChanges): readonly Issue[] {
  return changes.kind === "unchanged" ? [] : changes.issues;
}
