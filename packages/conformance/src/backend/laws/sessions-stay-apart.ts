import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const sessionsStayApart: BackendLaw = backendLaw({
  id: "sessions-stay-apart",
  title:
    "two sessions of one backend go their own ways: the end of one is not the end of the other",
  requirement: "R-515",
  plays: ["hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const backend = await trial.backend("hang");
    const limits = { silenceTimeoutMs: 0 };
    const first = await trial.start("hang", { backend, limits });
    const second = await trial.start("hang", { backend, limits });
    demand(
      first.sessionId === null || first.sessionId !== second.sessionId,
      `Both sessions have the id ${String(first.sessionId)}.`,
    );
    const ending = await first.beginTurn();
    const going = await second.beginTurn();
    await first.close();
    await ending.outcome;
    const ended = await Promise.race([going.outcome, pause()]);
    demand(ended === null, `The other session's turn ended too, as ${JSON.stringify(ended)}.`);
  },
});

/** Long enough for what one session does to another to be seen. */
async function pause(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), 100));
}
