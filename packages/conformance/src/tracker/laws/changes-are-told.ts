import { demand } from "../../law-broken.ts";
import { changesSince, fullRead, issuesOf } from "../changes.ts";
import { isInState } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const changesAreTold: TrackerLaw = trackerLaw({
  id: "changes-are-told",
  title: "fetchChanges tells of issues that were moved, to whatever state, and of new ones",
  requirement: "R-301",
  methods: ["fetchChanges"],
  async run(trial) {
    const { working, done } = trial.bed.states;
    const [moved = "", ended = ""] = await trial.seed(3);
    const { cursor } = await fullRead(trial);
    await trial.world.setState(moved, working);
    await trial.world.setState(ended, done);
    const first = await changesSince(trial, cursor);
    for (const [id, state] of [
      [moved, working],
      [ended, done],
    ] as const) {
      const told = issuesOf(first).find((issue) => issue.id === id);
      demand(told !== undefined, `An issue was moved to ${state}, and ${first.kind} lacks it.`);
      demand(isInState(told, state), `An issue is in ${state}, and told as in ${told.state}.`);
    }
    const added = await trial.seedOne();
    const second = issuesOf(await changesSince(trial, first.cursor));
    demand(
      second.some(({ id }) => id === added),
      "A new issue is not told of.",
    );
  },
});
