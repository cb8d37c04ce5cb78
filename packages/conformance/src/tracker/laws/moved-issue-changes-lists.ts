import { demand } from "../../law-broken.ts";
import { idsOf } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const movedIssueChangesLists: TrackerLaw = trackerLaw({
  id: "moved-issue-changes-lists",
  title: "an issue that somebody else moves is in the list of its new state alone",
  requirement: "R-301",
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    const [id = ""] = await trial.seed(2);
    await trial.list([waiting]);
    await trial.world.setState(id, working);
    demand(!idsOf(await trial.list([waiting])).includes(id), "It is listed as it was before.");
    demand(idsOf(await trial.list([working])).includes(id), "It is not listed as it is now.");
  },
});
