import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const quietAfterOutcome: BackendLaw = backendLaw({
  id: "quiet-after-outcome",
  title: "nothing is said of a turn after its outcome",
  requirement: "R-516",
  plays: ["success", "failure", "hang"],
  async run(subject) {
    for (const scenario of ["success", "failure"] as const) {
      await using trial = await Trial.open(subject);
      const session = await trial.start(scenario);
      await session.runTurn();
      await session.staysQuiet("the outcome");
    }
    await using trial = await Trial.open(subject);
    const session = await trial.start("hang", { limits: { silenceTimeoutMs: 0 } });
    const stop = new AbortController();
    const { outcome } = await session.beginTurn(stop.signal);
    stop.abort();
    demand((await outcome).kind === "canceled", "An aborted turn is canceled.");
    await session.staysQuiet("the outcome");
  },
});
