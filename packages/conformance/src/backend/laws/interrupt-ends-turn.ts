import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const interruptEndsTurn: BackendLaw = backendLaw({
  id: "interrupt-ends-turn",
  title: "an interrupt ends the turn that runs as canceled, and is harmless when none runs",
  requirement: "R-515",
  plays: ["hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("hang", { limits: { silenceTimeoutMs: 0 } });
    await session.interrupt();
    const { outcome } = await session.beginTurn();
    await Promise.all([session.interrupt(), session.interrupt()]);
    const ended = await outcome;
    demand(ended.kind === "canceled", `The turn ended as ${JSON.stringify(ended)}.`);
    await session.interrupt();
  },
});
