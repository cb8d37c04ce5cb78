import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const successSucceeds: BackendLaw = backendLaw({
  id: "success-succeeds",
  title: "an agent that says that it is done has succeeded, turn by turn, and was heard",
  requirement: "R-512",
  plays: ["success"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("success");
    for (const turn of [1, 2]) {
      const outcome = await session.runTurn();
      demand(
        outcome.kind === "succeeded",
        `Turn ${turn} ended as ${JSON.stringify(outcome)}, after ${session.hearing.summary()}.`,
      );
    }
    demand(session.hearing.messages() !== "", "The agent said something, and no message came.");
  },
});
