import { demand } from "../../law-broken.ts";
import { demandConfirmed, move } from "../moves.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const transitionIsRepeatable: TrackerLaw = trackerLaw({
  id: "transition-is-repeatable",
  title: "a transition that is made again is confirmed again",
  requirement: "R-714",
  methods: ["transition"],
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    const id = await trial.seedOne();
    const order = { from: waiting, to: working, key: "conformance" };
    demandConfirmed(await move(trial, id, order), working);
    const repeated = await move(trial, id, order);
    demand(repeated.kind !== "conflict", "Our own transition is taken for somebody else's.");
    demandConfirmed(repeated, working);
  },
});
