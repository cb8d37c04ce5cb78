import { demand } from "../../law-broken.ts";
import { idsOf } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const heldIssueIsListed: TrackerLaw = trackerLaw({
  id: "held-issue-is-listed",
  title: "an issue that must not be dispatched is listed all the same",
  requirement: "R-312",
  world: ["hold"],
  async run(trial) {
    const [held = ""] = await trial.seed(2);
    await trial.worldWith("hold").hold(held);
    demand(idsOf(await trial.list()).includes(held), "It is not listed.");
  },
});
