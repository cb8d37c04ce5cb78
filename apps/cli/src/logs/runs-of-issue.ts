import type { Journal } from "@signalbox/contracts";
import { decidedIn } from "@signalbox/orchestrator";

/** What the journal tells of an issue's runs. */
export type RunFact =
  | { readonly type: "started"; readonly runId: string }
  /** Nobody deals with the issue any more. */
  | { readonly type: "released"; readonly reason: string };

/** Reads a journal on from where it stopped the last time, for what concerns the runs of one issue. */
export class RunsOfIssue {
  readonly #journal: Journal;
  readonly #issueId: string;
  #version = 0;

  constructor(journal: Journal, issueId: string) {
    this.#journal = journal;
    this.#issueId = issueId;
  }

  async next(): Promise<readonly RunFact[]> {
    const facts: RunFact[] = [];
    for await (const entry of this.#journal.read(this.#version)) {
      for (const fact of decidedIn(entry)) {
        if (!("issueId" in fact) || fact.issueId !== this.#issueId) continue;
        if (fact.type === "run-confirmed") facts.push({ type: "started", runId: fact.runId });
        if (fact.type === "claim-released") facts.push({ type: "released", reason: fact.reason });
      }
      this.#version = entry.seq;
    }
    return facts;
  }
}
