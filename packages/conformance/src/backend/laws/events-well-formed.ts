import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw, playedBy } from "../backend-law.ts";
import { eventProblem } from "../event-shape.ts";
import { Trial } from "../trial.ts";

export const eventsWellFormed: BackendLaw = backendLaw({
  id: "events-well-formed",
  title: "every event is one that the contract knows, complete, and plain JSON",
  requirement: "R-903",
  plays: ["success", "failure"],
  async run(subject) {
    const names = ["success", "failure", "crash", "echo", "usage", "ask", "quota"] as const;
    for (const scenario of playedBy(subject, names)) {
      await using trial = await Trial.open(subject);
      const session = await trial.start(scenario);
      await session.runTurn();
      await session.close();
      for (const event of session.hearing.events) {
        const problem = eventProblem(event);
        demand(problem === null, `In ${scenario}, ${JSON.stringify(event)}: ${problem}`);
      }
    }
  },
});
