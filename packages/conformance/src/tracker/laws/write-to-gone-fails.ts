import { demand } from "../../law-broken.ts";
import { settled } from "../settled.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const writeToGoneFails: TrackerLaw = trackerLaw({
  id: "write-to-gone-fails",
  title: "a transition of an issue that is gone is rejected or fails, and is not confirmed",
  requirement: "R-320",
  methods: ["transition"],
  async run(trial) {
    const [gone = ""] = await trial.seed(2);
    await trial.list();
    await trial.world.removeIssue(gone);
    const adapter = trial.trackerWith("transition");
    const order = { from: null, to: trial.bed.states.working, key: "conformance" };
    const call = trial.call("transition", (signal) => adapter.transition(gone, order, signal));
    await settled(
      call.then(({ kind }) => demand(kind === "rejected", `The issue is gone: it was ${kind}.`)),
    );
  },
});
