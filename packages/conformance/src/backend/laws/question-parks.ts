import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const questionParks: BackendLaw = backendLaw({
  id: "question-parks",
  title: "a question for a person ends the turn, with what was asked",
  requirement: "R-510",
  plays: ["ask"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("ask");
    const outcome = await session.runTurn();
    demand(outcome.kind === "needs-input", `The turn ended as ${JSON.stringify(outcome)}.`);
    const [asked] = session.hearing.ofType("input-requested");
    demand(asked !== undefined, "No input-requested came before the outcome.");
    demand(
      asked.question === outcome.question,
      `The event asks "${asked.question}", the outcome "${outcome.question}".`,
    );
  },
});
