import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { startFailure } from "../start-failure.ts";
import { Trial } from "../trial.ts";

const startupTimeoutMs = 500;

export const muteStartEnds: BackendLaw = backendLaw({
  id: "mute-start-ends",
  title: "an agent that never becomes ready is given up at the limit for its start",
  requirement: "R-505",
  plays: ["mute"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const error = await startFailure(trial, "mute", { limits: { startupTimeoutMs } });
    demand(error.code === "startup-timed-out", `The start failed as ${error.code}.`);
  },
});
