import { randomUUID } from "node:crypto";
import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const resumedSessionRemembers: BackendLaw = backendLaw({
  id: "resumed-session-remembers",
  title: "a session goes on, by the id that it announced, where nothing of the first one is alive",
  requirement: "R-504",
  plays: ["resume"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const word = `pineapple-${randomUUID()}`;
    const first = await trial.start("resume");
    await first.runTurn(`Remember the word ${word}.`);
    await first.close();
    const id = first.hearing.ofType("session-started").at(-1)?.sessionId ?? null;
    demand(id !== null, "session-started has no id by which the session could be resumed.");
    const second = await trial.start("resume", { resume: id });
    const outcome = await second.runTurn("Say what you remember.");
    demand(outcome.kind === "succeeded", `The turn ended as ${JSON.stringify(outcome)}.`);
    const said = second.hearing.messages();
    demand(said.includes(word), `The resumed agent does not know the word. It said: ${said}`);
  },
});
