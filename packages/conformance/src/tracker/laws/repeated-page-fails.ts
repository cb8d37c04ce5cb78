import { demand } from "../../law-broken.ts";
import { LawInapplicable } from "../../law-inapplicable.ts";
import { pagesOf } from "../pages.ts";
import { failureOf } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TransportReply } from "../transport-fault.ts";

const mostRequests = 50;

export const repeatedPageFails: TrackerLaw = trackerLaw({
  id: "repeated-page-fails",
  title: "a page that comes again and again is an error, and not asked for without end",
  requirement: "R-319",
  overTransport: true,
  async run(trial) {
    const { transport, bed } = trial;
    await trial.seed(pagesOf(bed));
    const before = transport.requests.length;
    await trial.list();
    if (transport.requests.length - before < 2) {
      throw new LawInapplicable("A list is a single request.");
    }
    let first: TransportReply | null = null;
    let replies = 0;
    const change = (reply: TransportReply): TransportReply => {
      replies += 1;
      demand(replies <= mostRequests, `It asked for the same page ${mostRequests} times.`);
      return (first ??= reply);
    };
    transport.inject({ kind: "change", change });
    const error = await failureOf(trial, "fetchIssuesByStates with a page repeated", (signal) =>
      trial.tracker.fetchIssuesByStates([bed.states.waiting], signal),
    );
    demand(replies <= mostRequests, `It asked for the same page ${mostRequests} times.`);
    demand(error.code === "tracker_pagination", `It failed with ${error.code}.`);
  },
});
