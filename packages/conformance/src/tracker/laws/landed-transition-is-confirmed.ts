import { LawInapplicable } from "../../law-inapplicable.ts";
import { demandConfirmed, move } from "../moves.ts";
import { settled } from "../settled.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const landedTransitionIsConfirmed: TrackerLaw = trackerLaw({
  id: "landed-transition-is-confirmed",
  title: "a transition whose answer was lost is confirmed when it is made again",
  requirement: "R-714",
  methods: ["transition"],
  overTransport: true,
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    const id = await trial.seedOne();
    const order = { from: waiting, to: working, key: "conformance" };
    trial.transport.inject({ kind: "lost-reply" }, { on: "write", times: 1 });
    await settled(move(trial, id, order));
    if ((await trial.world.stateOf(id)) !== working) {
      throw new LawInapplicable("The write that landed does not move the issue by itself.");
    }
    trial.transport.mend();
    demandConfirmed(await move(trial, id, order), working);
  },
});
