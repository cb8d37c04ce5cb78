import { demand } from "../../law-broken.ts";
import { failureOf, plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TransportFault } from "../transport-fault.ts";

const faults: readonly TransportFault[] = [
  ...[401, 403, 429, 500, 503].map((status): TransportFault => ({
    kind: "reply",
    reply: () => plainReply(status),
  })),
  { kind: "no-connection", code: "ECONNREFUSED" },
];

export const troubleIsNotAbsence: TrackerLaw = trackerLaw({
  id: "trouble-is-not-absence",
  title: "401, 403, 429, 5xx and no connection are errors, and never read as an issue that is gone",
  requirement: "R-320",
  overTransport: true,
  async run(trial) {
    const [id = ""] = await trial.seed(1);
    for (const fault of faults) {
      trial.transport.mend();
      trial.transport.inject(fault);
      await failureOf(trial, "fetchIssuesByIds in trouble", (signal) =>
        trial.tracker.fetchIssuesByIds([id], signal),
      );
    }
    trial.transport.mend();
    demand((await trial.byIds([id])).length === 1, "After the trouble, the issue is not given.");
  },
});
