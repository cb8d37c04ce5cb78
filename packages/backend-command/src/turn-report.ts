import type { AgentEvent, TurnOutcome } from "@signalbox/contracts";
import type { AgentLine } from "./agent-line.ts";
import type { SessionIdentity } from "./session-identity.ts";
import type { UsageSum } from "./usage-sum.ts";

export interface TurnReportOrder {
  readonly identity: SessionIdentity;
  readonly usage: UsageSum;
  /** The pool of a quota that names none. */
  readonly pool: string;
  readonly emit: (event: AgentEvent) => void;
  /** The program asked a person: nothing that it does afterwards is waited for. */
  readonly onQuestion: () => void;
}

/** What a program says of itself in one turn, by lines that are meant for us. */
export class TurnReport {
  readonly #order: TurnReportOrder;
  #outcome: TurnOutcome | null = null;

  constructor(order: TurnReportOrder) {
    this.#order = order;
  }

  /** What the program says has become of the turn; its last word counts. `null` where the exit code decides. */
  get outcome(): TurnOutcome | null {
    return this.#outcome;
  }

  take(line: AgentLine): void {
    const { emit, identity, usage } = this.#order;
    switch (line.type) {
      case "session":
        identity.learn(line);
        break;
      case "usage":
        emit({ type: "usage", usage: usage.report(line) });
        break;
      case "event":
        emit(line.event);
        break;
      case "question":
        this.#outcome = { kind: "needs-input", question: line.text };
        this.#order.onQuestion();
        break;
      case "quota":
        this.#outcome = {
          kind: "quota-exhausted",
          pool: line.pool ?? this.#order.pool,
          resetsAt: line.resetsAt,
        };
        break;
      case "failure": {
        const { code, message, retryable } = line;
        this.#outcome = { kind: "failed", code, message, retryable };
        break;
      }
    }
  }
}
