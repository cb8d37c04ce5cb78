import { demand } from "../../law-broken.ts";
import { isInState } from "../folded.ts";
import { move } from "../moves.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const movedByOthersIsAConflict: TrackerLaw = trackerLaw({
  id: "moved-by-others-is-a-conflict",
  title: "an issue that somebody else moved is a conflict, and stays where they put it",
  requirement: "R-323",
  methods: ["transition"],
  async run(trial) {
    const { waiting, working, done } = trial.bed.states;
    const id = await trial.seedOne();
    await trial.list();
    await trial.world.setState(id, working);
    const result = await move(trial, id, { from: waiting, to: done, key: "conformance" });
    const state = await trial.world.stateOf(id);
    demand(state === working, `They put it to ${working}, and now it is in ${state}.`);
    demand(result.kind === "conflict", `It was no conflict but ${JSON.stringify(result)}.`);
    demand(
      isInState(result.issue, working),
      `The conflict tells of the state ${result.issue.state}, not ${working}.`,
    );
  },
});
