import { randomUUID } from "node:crypto";
import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const unknownSessionStartsAfresh: BackendLaw = backendLaw({
  id: "unknown-session-starts-afresh",
  title:
    "an id that nobody knows any more starts afresh, and a notice says so where the id changes",
  requirement: "R-504",
  plays: ["resume"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const unknown = randomUUID();
    const session = await trial.start("resume", { resume: unknown });
    const outcome = await session.runTurn();
    demand(outcome.kind === "succeeded", `The turn ended as ${JSON.stringify(outcome)}.`);
    demand(
      session.sessionId === unknown || session.hearing.ofType("notice").length > 0,
      "Another session was started than the one to resume, without a notice.",
    );
  },
});
