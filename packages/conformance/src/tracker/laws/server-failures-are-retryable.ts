import { demand } from "../../law-broken.ts";
import { failuresOfReads, plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const serverFailuresAreRetryable: TrackerLaw = trackerLaw({
  id: "server-failures-are-retryable",
  title: "a failure of the service is tracker_status, and worth a retry",
  requirement: "R-314",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(1);
    for (const status of [500, 502, 503]) {
      trial.transport.mend();
      trial.transport.inject({ kind: "reply", reply: () => plainReply(status) });
      for (const { code, retryable } of await failuresOfReads(trial, ids)) {
        demand(code === "tracker_status", `Status ${status} became ${code}.`);
        demand(retryable, `Status ${status} is said not to be worth a retry.`);
      }
    }
  },
});
