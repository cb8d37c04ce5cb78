import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const claimIsRepeatable: TrackerLaw = trackerLaw({
  id: "claim-is-repeatable",
  title: "claims and releases can be repeated, and move no issue",
  requirement: "R-714",
  methods: ["claim", "release"],
  async run(trial) {
    const id = await trial.seedOne();
    const order = { key: "conformance" };
    const claims = async (signal: AbortSignal): Promise<void> =>
      trial.trackerWith("claim").claim(id, order, signal);
    const releases = async (signal: AbortSignal): Promise<void> =>
      trial.trackerWith("release").release(id, order, signal);
    for (const [name, call] of [
      ["claim", claims],
      ["claim, repeated,", claims],
      ["release", releases],
      ["release, repeated,", releases],
    ] as const) {
      await trial.call(name, call);
      const state = await trial.world.stateOf(id);
      demand(state === trial.bed.states.waiting, `${name} moved the issue to ${state}.`);
      await trial.issue(id);
    }
  },
});
