import type { TrackerTrial } from "./tracker-trial.ts";

type Call = (signal: AbortSignal) => Promise<unknown>;

/** A call of each method that the adapter has and that takes a signal. */
export function abortable(trial: TrackerTrial, id: string): readonly (readonly [string, Call])[] {
  const { tracker, bed } = trial;
  const order = { from: null, to: bed.states.working, key: "conformance-abort" };
  const claim = { key: "conformance-abort" };
  const comment = { key: "conformance-abort", body: "Never written." };
  const link = { url: "https://example.com/never", title: "Never attached" };
  const calls: Readonly<Record<string, Call | undefined>> = {
    fetchIssuesByStates: (signal) => tracker.fetchIssuesByStates([bed.states.waiting], signal),
    fetchIssuesByIds: (signal) => tracker.fetchIssuesByIds([id], signal),
    fetchChanges: tracker.fetchChanges?.bind(tracker, null),
    fetchComments: tracker.fetchComments?.bind(tracker, id, null),
    describe: tracker.describe?.bind(tracker),
    transition: tracker.transition?.bind(tracker, id, order),
    ensureComment: tracker.ensureComment?.bind(tracker, id, comment),
    claim: tracker.claim?.bind(tracker, id, claim),
    release: tracker.release?.bind(tracker, id, claim),
    attachLink: tracker.attachLink?.bind(tracker, id, link),
  };
  return Object.entries(calls).flatMap(([name, call]) => (call ? [[name, call]] : []));
}
