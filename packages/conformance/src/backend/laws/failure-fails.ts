import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const failureFails: BackendLaw = backendLaw({
  id: "failure-fails",
  title: "an agent that reports an error has failed, whatever else it says",
  requirement: "R-512",
  plays: ["failure"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("failure");
    const outcome = await session.runTurn();
    demand(outcome.kind === "failed", `The turn ended as ${JSON.stringify(outcome)}.`);
  },
});
