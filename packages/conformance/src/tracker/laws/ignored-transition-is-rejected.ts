import { demand } from "../../law-broken.ts";
import { move } from "../moves.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const ignoredTransitionIsRejected: TrackerLaw = trackerLaw({
  id: "ignored-transition-is-rejected",
  title: "a transition that the tracker takes and does not make is rejected, with a reason",
  requirement: "R-323",
  methods: ["transition"],
  world: ["ignoreTransitions"],
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    const id = await trial.seedOne();
    await trial.worldWith("ignoreTransitions").ignoreTransitions();
    const result = await move(trial, id, { from: waiting, to: working, key: "conformance" });
    demand(result.kind === "rejected", `It was not rejected but ${JSON.stringify(result)}.`);
    demand(result.reason.trim() !== "", "The reason is empty.");
  },
});
