import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const quotaIsTold: BackendLaw = backendLaw({
  id: "quota-is-told",
  title:
    "a quota that is used up is an outcome of its own, with the pool and, where it is known, the reset",
  requirement: "R-513",
  plays: ["quota"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("quota");
    const outcome = await session.runTurn();
    demand(outcome.kind === "quota-exhausted", `The turn ended as ${JSON.stringify(outcome)}.`);
  },
});
