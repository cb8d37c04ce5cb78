import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const silenceTimesOut: BackendLaw = backendLaw({
  id: "silence-times-out",
  title: "an agent that falls silent is ended at the limit, and the outcome says so",
  requirement: "R-505",
  plays: ["hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("hang");
    const outcome = await session.runTurn();
    demand(
      outcome.kind === "timed-out" && outcome.limit === "turn",
      `The turn ended as ${JSON.stringify(outcome)}.`,
    );
  },
});
