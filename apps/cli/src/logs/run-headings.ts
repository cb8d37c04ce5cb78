import type { RunOutcome } from "@signalbox/contracts";
import { formatInstant, outcomeDetail } from "@signalbox/views";
import { plainText } from "../terminal/plain-text.ts";
import type { RunFact } from "./runs-of-issue.ts";

interface KnownRun {
  readonly at: number;
  readonly attempt: number | null;
  sessionId: string | null;
}

/** Says of which run the lines below are, one line ahead of the first, and whenever another run goes on; and its end. */
export class RunHeadings {
  readonly #runs = new Map<string, KnownRun>();
  /** Those whose end is known and not told yet. */
  readonly #ended = new Map<string, RunOutcome>();
  #current: string | null = null;

  learn(facts: readonly RunFact[]): void {
    for (const fact of facts) {
      if (fact.type === "started") {
        this.#runs.set(fact.runId, { at: fact.at, attempt: fact.attempt, sessionId: null });
      } else if (fact.type === "session") {
        const run = this.#runs.get(fact.runId);
        if (run !== undefined) run.sessionId = fact.sessionId;
      } else if (fact.type === "ended") {
        this.#ended.set(fact.runId, fact.outcome);
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

  /** How the run ended, below its lines and once; `null` where it goes on, or none of its lines was shown. */
  after(runId: string): string | null {
    const outcome = this.#ended.get(runId);
    if (outcome === undefined || runId !== this.#current) return null;
    this.#ended.delete(runId);
    const detail = outcomeDetail(outcome);
    return `── ${runId} ${outcome.kind}${detail === null ? "" : `: ${plainText(detail)}`}`;
  }
}
