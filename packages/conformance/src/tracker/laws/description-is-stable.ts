import { demand } from "../../law-broken.ts";
import { fold } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const descriptionIsStable: TrackerLaw = trackerLaw({
  id: "description-is-stable",
  title: "describe gives a scope that stays the same, and the states by their names",
  requirement: "R-301",
  methods: ["describe"],
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    await trial.seedOne(waiting);
    const id = await trial.seedOne(working);
    const adapter = trial.trackerWith("describe");
    const first = await trial.call("describe", (signal) => adapter.describe(signal));
    demand(first.scope.trim() !== "", "The scope is empty.");
    const names = first.states.map(({ name }) => fold(name));
    for (const state of [waiting, working]) {
      demand(names.includes(fold(state)), `The state ${state} is not among ${names.join(", ")}.`);
    }
    demand(new Set(names).size === names.length, `A state is there twice: ${names.join(", ")}.`);
    await trial.world.removeIssue(id);
    const { scope } = await trial.call("describe", (signal) => adapter.describe(signal));
    demand(scope === first.scope, `The scope was ${first.scope} and is now ${scope}.`);
  },
});
