import type { Journal, RunOutcome } from "@signalbox/contracts";
import type { DecidedEvent } from "@signalbox/core";
import { decidedIn } from "@signalbox/orchestrator";

/** What the journal tells of an issue's runs. */
export type RunFact =
  | {
      readonly type: "started";
      readonly runId: string;
      /** Epoch milliseconds. */
      readonly at: number;
      /** `null` on the issue's first run, else how many came before. */
      readonly attempt: number | null;
    }
  | { readonly type: "session"; readonly runId: string; readonly sessionId: string | null }
  | {
      readonly type: "ended";
      readonly runId: string;
      readonly outcome: RunOutcome;
    }
  /** Nobody deals with the issue any more. */
  | { readonly type: "released"; readonly reason: string };

/** Reads a journal on from where it stopped the last time, for what concerns the runs of one issue. */
export class RunsOfIssue {
  readonly #journal: Journal;
  readonly #issueId: string;
  #version = 0;
  #attempt: number | null = null;

  constructor(journal: Journal, issueId: string) {
    this.#journal = journal;
    this.#issueId = issueId;
  }

  async next(): Promise<readonly RunFact[]> {
    const facts: RunFact[] = [];
    for await (const entry of this.#journal.read(this.#version)) {
      for (const fact of decidedIn(entry)) {
        if (!("issueId" in fact) || fact.issueId !== this.#issueId) continue;
        const told = this.#told(fact);
        if (told !== null) facts.push(told);
      }
      this.#version = entry.seq;
    }
    return facts;
  }

  #told(fact: DecidedEvent): RunFact | null {
    if (fact.type === "run-claimed") this.#attempt = fact.attempt;
    if (fact.type === "run-confirmed")
      return { type: "started", runId: fact.runId, at: fact.at, attempt: this.#attempt };
    if (fact.type === "session-recorded")
      return { type: "session", runId: fact.runId, sessionId: fact.sessionId };
    if (fact.type === "run-closed")
      return { type: "ended", runId: fact.runId, outcome: fact.outcome };
    return fact.type === "claim-released" ? { type: "released", reason: fact.reason } : null;
  }
}
