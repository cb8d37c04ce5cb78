import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const abortedOrderEndsTurn: BackendLaw = backendLaw({
  id: "aborted-order-ends-turn",
  title: "aborting the order of a session cancels the turn that runs",
  requirement: "R-515",
  plays: ["hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const stop = new AbortController();
    const limits = { silenceTimeoutMs: 0 };
    const session = await trial.start("hang", { limits, signal: stop.signal });
    const { outcome } = await session.beginTurn();
    stop.abort();
    const ended = await outcome;
    demand(ended.kind === "canceled", `The turn ended as ${JSON.stringify(ended)}.`);
    await session.close();
  },
});
