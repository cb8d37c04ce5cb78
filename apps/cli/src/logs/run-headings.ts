import { formatInstant } from "@signalbox/views";
import { plainText } from "../terminal/plain-text.ts";
import type { RunFact } from "./runs-of-issue.ts";

interface KnownRun {
  readonly at: number;
  readonly attempt: number | null;
  sessionId: string | null;
}

/** Says of which run the lines below are: one line ahead of the first, and whenever another run goes on. */
export class RunHeadings {
  readonly #runs = new Map<string, KnownRun>();
  #current: string | null = null;

  learn(facts: readonly RunFact[]): void {
    for (const fact of facts) {
      if (fact.type === "started") {
        this.#runs.set(fact.runId, { at: fact.at, attempt: fact.attempt, sessionId: null });
      } else if (fact.type === "session") {
        const run = this.#runs.get(fact.runId);
        if (run !== undefined) run.sessionId = fact.sessionId;
      }
    }
  }

  /** `null`: the lines before were of that run, too. */
  before(runId: string): string | null {
    if (runId === this.#current) return null;
    this.#current = runId;
    const run = this.#runs.get(runId);
    if (run === undefined) return `── ${runId}`;
    const { at, attempt, sessionId } = run;
    const session = sessionId === null ? "" : `, session ${plainText(sessionId)}`;
    return `── ${runId}, attempt ${(attempt ?? 0) + 1}, ${formatInstant(at)}${session}`;
  }
}
