import type { RetryKind } from "@signalbox/contracts";
import { takenSlots } from "@signalbox/core";
import type {
  DeliveringClaim,
  Gate,
  OrchestratorState,
  ParkReason,
  ParkedClaim,
  RetryingClaim,
  RunningClaim,
} from "@signalbox/core";

/** Which issue a row is about. Both names are `id` where the tracker no longer lists the issue. */
export interface IssueName {
  readonly issueId: string;
  readonly identifier: string;
  readonly title: string;
}

export interface RunningRow extends IssueName {
  readonly runId: string;
  readonly phase: RunningClaim["runPhase"];
  readonly stopping: RunningClaim["stopping"];
  /** `null` on the first run, else how many runs came before. */
  readonly attempt: number | null;
  readonly turns: number;
  readonly sessionId: string | null;
  /** Since the claim. */
  readonly durationMs: number;
  /** Since the agent was last heard of. */
  readonly silentMs: number;
  readonly tokens: number;
  /** `null`: unknown. */
  readonly costUsd: number | null;
}

export interface RetryingRow extends IssueName {
  readonly kind: RetryKind;
  readonly attempt: number;
  readonly dueInMs: number;
  readonly error: string | null;
}

export interface ParkedRow extends IssueName {
  readonly reason: ParkReason;
  readonly parkedForMs: number;
  readonly until: number | null;
  /** What the next run would be told. */
  readonly feedback: string | null;
}

export interface DeliveringRow extends IssueName {
  readonly runId: string;
  readonly durationMs: number;
  readonly waiting: DeliveringClaim["waiting"];
}

export interface Status {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly counts: {
    readonly tracked: number;
    /** Issues that only wait for a slot or their rank. */
    readonly ready: number;
    readonly running: number;
    readonly retrying: number;
    readonly parked: number;
    readonly delivering: number;
  };
  readonly slots: { readonly taken: number; readonly max: number };
  /** What keeps everything from starting. */
  readonly gates: readonly Gate[];
  readonly running: readonly RunningRow[];
  readonly retrying: readonly RetryingRow[];
  readonly parked: readonly ParkedRow[];
  readonly delivering: readonly DeliveringRow[];
  readonly totals: {
    /** Input and output, the live runs included. */
    readonly tokens: number;
    readonly costUsd: number;
    /** Wall time of all runs, the live ones included. */
    readonly runMs: number;
    /** Runs that ended, and those that live. */
    readonly runs: number;
  };
}

/** What an operator wants to see at once, at `at` (epoch milliseconds). */
export function statusOf(state: OrchestratorState, at: number): Status {
  const running: RunningRow[] = [];
  const retrying: RetryingRow[] = [];
  const parked: ParkedRow[] = [];
  const delivering: DeliveringRow[] = [];
  for (const [issueId, claim] of state.claims.entries()) {
    const name = nameOf(state, issueId);
    switch (claim.phase) {
      case "running":
        running.push(runningRow(name, claim, at));
        break;
      case "retrying":
        retrying.push(retryingRow(name, claim, at));
        break;
      case "parked":
        parked.push(parkedRow(name, claim, at));
        break;
      case "delivering":
        delivering.push(deliveringRow(name, claim, at));
        break;
    }
  }
  return {
    at,
    counts: {
      tracked: state.issues.size,
      ready: state.index.readyCount,
      running: running.length,
      retrying: retrying.length,
      parked: parked.length,
      delivering: delivering.length,
    },
    slots: { taken: takenSlots(state), max: state.policy.maxConcurrentAgents },
    gates: Object.values(state.gates),
    running,
    retrying,
    parked,
    delivering,
    totals: totalsOf(state, at),
  };
}

/** What to call an issue, also one that the tracker no longer lists. */
export function nameOf(state: OrchestratorState, issueId: string): IssueName {
  const issue = state.issues.get(issueId);
  return { issueId, identifier: issue?.identifier ?? issueId, title: issue?.title ?? issueId };
}

function totalsOf(state: OrchestratorState, at: number): Status["totals"] {
  let { tokens, costUsd, runMs, runs } = state.totals;
  for (const claim of state.claims.values()) {
    if (claim.phase !== "running" || claim.startedAt === null) continue;
    runs += 1;
    runMs += Math.max(0, at - claim.startedAt);
    tokens += tokensOf(claim);
    costUsd += claim.usage?.costUsd ?? 0;
  }
  return { tokens, costUsd, runMs, runs };
}

function tokensOf(claim: RunningClaim): number {
  return claim.usage === null ? 0 : claim.usage.inputTokens + claim.usage.outputTokens;
}

function runningRow(name: IssueName, claim: RunningClaim, at: number): RunningRow {
  return {
    ...name,
    runId: claim.runId,
    phase: claim.runPhase,
    stopping: claim.stopping,
    attempt: claim.attempt,
    turns: claim.turns,
    sessionId: claim.sessionId,
    durationMs: Math.max(0, at - claim.claimedAt),
    silentMs: Math.max(0, at - claim.lastEventAt),
    tokens: tokensOf(claim),
    costUsd: claim.usage?.costUsd ?? null,
  };
}

function retryingRow(name: IssueName, claim: RetryingClaim, at: number): RetryingRow {
  return {
    ...name,
    kind: claim.kind,
    attempt: claim.attempt,
    dueInMs: Math.max(0, claim.dueAt - at),
    error: claim.error,
  };
}

function parkedRow(name: IssueName, claim: ParkedClaim, at: number): ParkedRow {
  return {
    ...name,
    reason: claim.reason,
    parkedForMs: Math.max(0, at - claim.parkedAt),
    until: claim.until,
    feedback: claim.feedback,
  };
}

function deliveringRow(name: IssueName, claim: DeliveringClaim, at: number): DeliveringRow {
  return {
    ...name,
    runId: claim.runId,
    durationMs: Math.max(0, at - claim.startedAt),
    waiting: claim.waiting,
  };
}
