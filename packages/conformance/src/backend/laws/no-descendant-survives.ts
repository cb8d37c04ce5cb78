import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { runProcessesNeeded } from "../run-processes.ts";
import { Trial } from "../trial.ts";
import type { TriedSession } from "../tried-session.ts";

type Ending = (session: TriedSession, order: AbortController) => Promise<void> | void;

const endings: Readonly<Record<string, Ending>> = {
  close: (session) => session.close(),
  abort: (_, order) => order.abort(),
  interrupt: (session) => session.interrupt(),
};

export const noDescendantSurvives: BackendLaw = backendLaw({
  id: "no-descendant-survives",
  title: "nothing that the agent started is alive when its session is over, however it was ended",
  requirement: "R-514",
  plays: ["stray"],
  exempts: runProcessesNeeded,
  async run(subject) {
    for (const [name, end] of Object.entries(endings)) {
      await using trial = await Trial.open(subject);
      const order = new AbortController();
      const session = await trial.start("stray", { signal: order.signal });
      const { outcome } = await session.beginTurn();
      await end(session, order);
      await outcome;
      await session.close();
      const alive = await trial.processes();
      demand(alive.length === 0, `After ${name}, processes are alive: ${alive.join(", ")}.`);
    }
  },
});
