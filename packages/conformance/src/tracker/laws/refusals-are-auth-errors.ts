import { demand } from "../../law-broken.ts";
import { failuresOfReads, plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const refusalsAreAuthErrors: TrackerLaw = trackerLaw({
  id: "refusals-are-auth-errors",
  title: "401 and 403 are tracker_auth, and no retry is promised",
  requirement: "R-314",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(1);
    for (const status of [401, 403]) {
      trial.transport.mend();
      trial.transport.inject({ kind: "reply", reply: () => plainReply(status) });
      for (const { code, retryable } of await failuresOfReads(trial, ids)) {
        demand(code === "tracker_auth", `Status ${status} became ${code}.`);
        demand(!retryable, `Status ${status} is said to be worth a retry.`);
      }
    }
  },
});
