import { demand } from "../../law-broken.ts";
import { fold } from "../folded.ts";
import { demandConfirmed, move } from "../moves.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const transitionIsConfirmed: TrackerLaw = trackerLaw({
  id: "transition-is-confirmed",
  title: "a transition that was made is confirmed with the issue as it is now",
  requirement: "R-323",
  methods: ["transition"],
  async run(trial) {
    const { waiting, working, done } = trial.bed.states;
    const [id = "", other = ""] = await trial.seed(2);
    const steps = [
      { from: waiting, to: working, key: "conformance-1" },
      { from: ` ${working.toUpperCase()} `, to: done, key: "conformance-2" },
      { from: null, to: waiting, key: "conformance-3" },
    ];
    for (const order of steps) {
      demandConfirmed(await move(trial, id, order), order.to);
      const state = await trial.world.stateOf(id);
      demand(fold(state) === fold(order.to), `The tracker says ${state}, not ${order.to}.`);
    }
    demand((await trial.world.stateOf(other)) === waiting, "Another issue was moved.");
  },
});
