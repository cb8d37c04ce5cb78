import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const heldIssueSaysWhy: TrackerLaw = trackerLaw({
  id: "held-issue-says-why",
  title: "an issue that must not be dispatched says why, and no other says so",
  requirement: "R-311",
  world: ["hold"],
  async run(trial) {
    const [held = "", free = ""] = await trial.seed(2);
    await trial.worldWith("hold").hold(held);
    const reason = (await trial.issue(held)).notDispatchable;
    demand(
      typeof reason === "string" && reason.trim() !== "",
      `Its notDispatchable is ${JSON.stringify(reason)}, which is no reason.`,
    );
    const other = (await trial.issue(free)).notDispatchable;
    demand(other === null, `That of another issue is ${JSON.stringify(other)}, not null.`);
  },
});
