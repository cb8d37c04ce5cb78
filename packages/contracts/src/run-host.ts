import type { AgentEvent } from "./agent-event.ts";
import type { AgentTool, AgentToolResult } from "./backend.ts";
import type { Issue } from "./issue.ts";
import type { JsonValue } from "./json.ts";
import type { RunOutcome, StopReason, TurnOutcome } from "./outcome.ts";
import type { WorkflowConfig } from "./workflow-config.ts";
import type { WorkspaceFingerprint, WorkspaceRef } from "./workspace.ts";

/** Runs agents: in this process (`runner: inline`), or each in a small process of its own. */
export interface RunHost {
  /**
   * Starts one run. Resolves when the run is owned and will end with exactly one `ended` event, whatever happens.
   * A second start with the same `runId` attaches to the first. Rejects when nothing was started.
   */
  start(order: RunOrder, observer: RunObserver): Promise<void>;
  /**
   * Orders a run to stop; the first reason wins. Resolves when the order has arrived; unknown runs are ignored. A run
   * whose start is under way is known: it is stopped as soon as it can be.
   */
  stop(runId: string, reason: StopReason): Promise<void>;
  /**
   * Finds out what became of a run that an earlier daemon started. `adopted`: `observer` hears of everything after
   * `afterSpoolSeq`, a question between turns that was not answered included, and of exactly one `ended`, which is
   * `lost` where the run has left no outcome and nothing of it is alive any more. `ended`: the same of a run whose
   * process is dead already. `gone`: there is nothing to hear of, and nothing of it is alive, by force if need be,
   * before this resolves; it cannot start any more. Rejects with a retryable error where neither can be known yet.
   */
  recover(recovery: RunRecovery, observer: RunObserver): Promise<"adopted" | "ended" | "gone">;
  /**
   * Ends this host. Runs that would not outlive it are stopped; the others go on with `leave`, and are stopped with
   * `stop`. Resolves when every run that was stopped has ended and its observer knows; a run that outlives its host and
   * cannot end within 2 minutes, with a disk that is full or an agent that cannot be killed, is left to the next host.
   */
  close(runs: "leave" | "stop"): Promise<void>;
}

/** A run of an earlier daemon. */
export interface RunRecovery {
  readonly runId: string;
  /** Of the daemon that asks; a run obeys no older one from then on. */
  readonly epoch: number;
  /** The last event of the run that is durable in the journal; 0 for none. */
  readonly afterSpoolSeq: number;
}

export interface RunOrder {
  /** `run-<n>`, counted by the state: unique within one journal, safe as a file name. */
  readonly runId: string;
  /** Of the daemon that gives the order. */
  readonly epoch: number;
  readonly issue: Issue;
  /** `null` on the first run of an issue, else 1-based: how many runs came before. */
  readonly attempt: number | null;
  readonly retryKind: RetryKind | null;
  /** What the agent should know from last time: an error, a conflict, check output, a person's answer. */
  readonly feedback: string | null;
  /** Session to go on with. */
  readonly resumeSessionId: string | null;
  /** The successful turns after which the run ends without asking; `null`: it asks after each. */
  readonly endsAfter: TurnEnd | null;
  /** What the agent may ask the daemon to do (`onToolCall`). Absent: nothing. */
  readonly tools?: readonly AgentTool[];
  /** The configuration that this run keeps to its end, whatever is reloaded meanwhile. */
  readonly config: WorkflowConfig;
}

/** Why there is another run: same work goes on, after a failure, after the run was lost, after a wait. */
export type RetryKind = "continuation" | "failure" | "lost" | "resumed";

/** `success`: any; `commit`: one after which the branch stands at another commit than when the run began. */
export type TurnEnd = "success" | "commit";

/** Hears of one run, in order. A returned promise is awaited before the next event is given: that is the back-pressure. */
export interface RunObserver {
  onEvent(event: RunEvent): void | Promise<void>;
  /** Asked between turns: go on, or end. */
  onTurnEnded(turn: TurnReport): Promise<TurnReply>;
  /** The agent calls one of its tools. Never rejects for what the agent asked: that is a `failed` result. */
  onToolCall?(call: ToolCall, signal: AbortSignal): Promise<AgentToolResult>;
}

export interface ToolCall {
  /** Unique within the run; the same call asked again, after a daemon's death, has the same one. */
  readonly callId: string;
  readonly name: string;
  readonly input: JsonValue;
}

/** In this order; in `finishing` nothing of the agent is alive any more. */
export type RunPhase =
  | "preparing-workspace"
  | "rendering-prompt"
  | "starting-session"
  | "running-turn"
  | "finishing";

export type RunEvent = { readonly spoolSeq: number; readonly at: number } & (
  | { readonly type: "phase-changed"; readonly phase: RunPhase }
  /** `fingerprint` is taken after the hooks and before the agent: the base line for progress. */
  | {
      readonly type: "workspace-prepared";
      readonly workspace: WorkspaceRef;
      readonly fingerprint: WorkspaceFingerprint;
    }
  | { readonly type: "agent-event"; readonly event: AgentEvent }
  | { readonly type: "ended"; readonly ending: RunEnding }
);

export interface TurnReport {
  /** 1-based within the run. */
  readonly turn: number;
  readonly outcome: TurnOutcome;
  readonly fingerprint: WorkspaceFingerprint;
}

export type TurnReply =
  | { readonly kind: "go" }
  | { readonly kind: "end"; readonly reason: StopReason | "done" };

export interface RunEnding {
  readonly outcome: RunOutcome;
  /** `null` where no workspace was prepared or it could not be read. */
  readonly fingerprint: WorkspaceFingerprint | null;
  readonly turns: number;
}
