import type { AgentEvent } from "@signalbox/contracts";
import type { DecidedEvent, OrchestratorState } from "@signalbox/core";
import type { Problem } from "./problem.ts";

/** What an orchestrator tells its listeners. */
export interface OrchestratorEvents {
  /** After facts became durable; `state` contains them. */
  readonly state_change: {
    readonly state: OrchestratorState;
    readonly decided: readonly DecidedEvent[];
  };
  /** An agent said something. */
  readonly agent_event: {
    readonly issueId: string;
    readonly runId: string;
    readonly event: AgentEvent;
  };
  /** A run that an earlier daemon has started is this one's now; or it had ended, and its outcome follows. */
  readonly run_recovered: {
    readonly issueId: string;
    readonly runId: string;
    readonly found: "adopted" | "ended";
    /** When it was started, in epoch milliseconds; `null`: it had not begun yet. */
    readonly since: number | null;
  };
  /** Something an operator should see; the daemon goes on. */
  readonly problem: Problem;
  /** This daemon is over: another one took the journal. Nothing more will be done. */
  readonly fenced: Problem;
}
