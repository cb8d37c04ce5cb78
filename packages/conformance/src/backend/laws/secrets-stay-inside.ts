import { randomUUID } from "node:crypto";
import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

const variable = "SIGNALBOX_CONFORMANCE_TOKEN";

export const secretsStayInside: BackendLaw = backendLaw({
  id: "secrets-stay-inside",
  title: "the agent sees no secret of its host, and no event or outcome has one of the backend's",
  requirement: "R-518",
  plays: ["leak"],
  async run(subject) {
    const hostSecret = randomUUID();
    await using trial = await Trial.open(subject);
    process.env[variable] = hostSecret;
    try {
      const session = await trial.start("leak");
      const outcome = await session.runTurn();
      const { events, lines } = session.hearing;
      demand(
        !JSON.stringify({ outcome, events, lines }).includes(hostSecret),
        "The agent got a variable of its host that nobody named.",
      );
      for (const [index, secret] of (subject.secrets ?? []).entries()) {
        demand(!JSON.stringify(outcome).includes(secret), `Secret ${index} is in the outcome.`);
        demand(!JSON.stringify(events).includes(secret), `Secret ${index} is in an event.`);
      }
    } finally {
      delete process.env[variable];
    }
  },
});
