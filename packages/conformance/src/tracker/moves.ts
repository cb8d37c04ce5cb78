import type { TransitionOrder, TransitionResult } from "@signalbox/contracts";
import { demand } from "../law-broken.ts";
import { isInState } from "./folded.ts";
import type { TrackerTrial } from "./tracker-trial.ts";

export async function move(
  trial: TrackerTrial,
  id: string,
  order: TransitionOrder,
): Promise<TransitionResult> {
  const adapter = trial.trackerWith("transition");
  return trial.call("transition", (signal) => adapter.transition(id, order, signal));
}

/** Breaks the law where the result is not confirmed, or the issue in it is in another state. */
export function demandConfirmed(result: TransitionResult, state: string): void {
  demand(result.kind === "confirmed", `It was not confirmed but ${JSON.stringify(result)}.`);
  demand(
    isInState(result.issue, state),
    `It was confirmed with an issue in the state ${result.issue.state}, not ${state}.`,
  );
}
