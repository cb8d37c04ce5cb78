import { demand } from "../../law-broken.ts";
import { failureOf } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const corruptRecordFailsById: TrackerLaw = trackerLaw({
  id: "corrupt-record-fails-by-id",
  title: "a record that is no issue and is asked for by id fails the call",
  requirement: "R-308",
  world: ["corrupt"],
  async run(trial) {
    const ids = await trial.seed(2);
    await trial.worldWith("corrupt").corrupt(ids[1] ?? "");
    const error = await failureOf(trial, "fetchIssuesByIds", (signal) =>
      trial.tracker.fetchIssuesByIds(ids, signal),
    );
    demand(error.code === "tracker_payload", `It failed with ${error.code}, not tracker_payload.`);
  },
});
