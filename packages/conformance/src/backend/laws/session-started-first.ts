import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const sessionStartedFirst: BackendLaw = backendLaw({
  id: "session-started-first",
  title:
    "a session is announced before anything else of it, and again only under another id or model",
  requirement: "R-504",
  plays: ["success"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("success");
    await session.runTurn();
    await session.runTurn();
    const { hearing } = session;
    const first = hearing.events.find(({ type }) => type !== "notice");
    demand(
      first?.type === "session-started",
      `The first event is ${first?.type ?? "missing"}, and session-started was expected.`,
    );
    const started = hearing.ofType("session-started");
    const names = started.map(({ sessionId, model }) => JSON.stringify([sessionId, model]));
    demand(
      new Set(names).size === names.length,
      `session-started came ${names.length} times: ${names.join(", ")}.`,
    );
    const last = started.at(-1)?.sessionId;
    demand(
      last === session.sessionId,
      `session-started says ${String(last)}, and the session's own id is ${String(session.sessionId)}.`,
    );
  },
});
