import { LawInapplicable } from "../../law-inapplicable.ts";
import { pagesOf } from "../pages.ts";
import { failureOf, plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const failedPageFails: TrackerLaw = trackerLaw({
  id: "failed-page-fails",
  title: "a page that fails fails the call: never a part of the answer",
  requirement: "R-313",
  overTransport: true,
  async run(trial) {
    const { transport, tracker } = trial;
    const ids = await trial.seed(pagesOf(trial.bed));
    const reads = {
      fetchIssuesByStates: (signal: AbortSignal) =>
        tracker.fetchIssuesByStates([trial.bed.states.waiting], signal),
      fetchIssuesByIds: (signal: AbortSignal) => tracker.fetchIssuesByIds(ids, signal),
    };
    let tried = 0;
    for (const [name, read] of Object.entries(reads)) {
      const before = transport.requests.length;
      await trial.call(name, read);
      if (transport.requests.length - before < 2) continue;
      tried += 1;
      transport.inject({ kind: "reply", reply: () => plainReply(500) }, { after: 1 });
      await failureOf(trial, `${name} with a page that fails`, read);
      transport.mend();
    }
    if (tried === 0) throw new LawInapplicable("Every read is a single request.");
  },
});
