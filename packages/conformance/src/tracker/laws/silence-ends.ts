import { demand } from "../../law-broken.ts";
import { failuresOfReads } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const silenceEnds: TrackerLaw = trackerLaw({
  id: "silence-ends",
  title: "a service that never answers is tracker_transport, after the time limit of a request",
  requirement: "R-314",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(1);
    trial.transport.inject({ kind: "hang" });
    for (const { code, retryable } of await failuresOfReads(trial, ids)) {
      demand(code === "tracker_transport", `A service that never answers became ${code}.`);
      demand(retryable, "A service that never answers is said not to be worth a retry.");
    }
  },
});
