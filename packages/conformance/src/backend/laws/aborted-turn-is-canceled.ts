import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const abortedTurnIsCanceled: BackendLaw = backendLaw({
  id: "aborted-turn-is-canceled",
  title: "a turn that is aborted, before it begins or while it runs, is canceled",
  requirement: "R-515",
  plays: ["hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("hang", { limits: { silenceTimeoutMs: 0 } });
    const early = await session.runTurn("Never begin.", AbortSignal.abort());
    demand(early.kind === "canceled", `Before it began, it ended as ${JSON.stringify(early)}.`);
    const stop = new AbortController();
    const { outcome } = await session.beginTurn(stop.signal);
    stop.abort();
    const late = await outcome;
    demand(late.kind === "canceled", `While it ran, it ended as ${JSON.stringify(late)}.`);
  },
});
