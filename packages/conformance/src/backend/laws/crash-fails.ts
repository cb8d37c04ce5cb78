import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const crashFails: BackendLaw = backendLaw({
  id: "crash-fails",
  title: "an agent that dies without a result has failed",
  requirement: "R-512",
  plays: ["crash"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("crash");
    const outcome = await session.runTurn();
    demand(outcome.kind === "failed", `The turn ended as ${JSON.stringify(outcome)}.`);
  },
});
