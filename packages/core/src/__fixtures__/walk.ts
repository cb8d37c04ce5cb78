import type { Issue, IssueBlocker, RunOutcome, StopReason } from "@signalbox/contracts";
import {
  type OrchestratorEvent,
  type OrchestratorState,
  type Policy,
  type Transition,
  applyEvent,
  createEmptyState,
} from "../index.ts";
import { type Input, fingerprint, issue, start, testPolicy, workspaceOf } from "./line.ts";

const ids = ["a", "b", "c", "d", "e", "f"];
const states = ["todo", "doing", "backlog", "needs-human", "working", "done"];

export interface Step {
  readonly before: OrchestratorState;
  readonly event: OrchestratorEvent;
  readonly transition: Transition;
}

/**
 * A random walk: each seed becomes one input that fits the state it meets, now and then one that does not fit at all.
 * The same seeds walk the same way.
 */
export function walk(seeds: readonly number[], visit: (step: Step) => void): OrchestratorState {
  const tracker = new Map<string, Issue>();
  let state = createEmptyState(policyOf(new Dice(seeds[0] ?? 0)));
  let at = start;
  for (const seed of seeds) {
    const dice = new Dice(seed);
    at += dice.pick([0, 1, 1_000, 10_000, 60_000, 400_000, -5_000]);
    const event: OrchestratorEvent = { at, ...nextInput(dice, state, tracker) };
    const transition = applyEvent(state, event);
    visit({ before: state, event, transition });
    state = transition.state;
  }
  return state;
}

/** Numbers that follow from one seed. */
class Dice {
  #value: number;

  constructor(seed: number) {
    this.#value = seed >>> 0;
  }

  below(limit: number): number {
    this.#value = (Math.imul(this.#value, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((this.#value / 2 ** 32) * limit);
  }

  chance(percent: number): boolean {
    return this.below(100) < percent;
  }

  pick<T>(from: readonly T[]): T {
    const picked = from[this.below(from.length)];
    if (picked === undefined) throw new Error("Nothing to pick from");
    return picked;
  }
}

function policyOf(dice: Dice): Policy {
  return {
    ...testPolicy,
    writes: dice.pick(["full", "full", "comment", "off"]),
    states: dice.pick([
      {},
      { running: "doing", succeeded: "done", needsHuman: "needs-human" },
      { succeeded: "done", needsHuman: "doing" },
      { running: "working", succeeded: "backlog" },
    ]),
    ...(dice.chance(60) ? { marksClaims: true } : {}),
    requiredLabels: dice.chance(10) ? ["agent"] : [],
    deliveryKind: dice.pick(["branch", "none"]),
    maxConcurrentAgents: dice.below(5),
    maxConcurrentAgentsByState: dice.pick([{}, { todo: 1 }, { doing: 1, todo: 2 }]),
    maxFailures: dice.pick([0, 2]),
    maxContinuations: dice.pick([2, 20]),
    maxNoProgress: dice.pick([1, 3]),
    maxTurns: 3,
    stallTimeoutMs: dice.pick([0, 30_000]),
    budgets: {
      perRun: { tokens: dice.pick([null, null, 700]), usd: null },
      perIssue: { tokens: null, usd: dice.pick([null, null, 8]) },
      perDay: { tokens: dice.pick([null, null, 5_000]), usd: null },
    },
  };
}

function nextInput(dice: Dice, state: OrchestratorState, tracker: Map<string, Issue>): Input {
  const kind = dice.below(40);
  if (kind < 5) return poll(dice, tracker);
  if (kind < 11) return { type: "time-passed" };
  if (kind === 11) return person(dice);
  if (kind === 12) return setting(dice, state);
  if (kind < 18 && state.orders.size > 0) return orderEnd(dice, state, tracker);
  return aboutClaim(dice, state, tracker);
}

function poll(dice: Dice, tracker: Map<string, Issue>): Input {
  const changed = dice.chance(60) ? [dice.pick(ids)] : ids.slice(dice.below(ids.length));
  for (const id of changed) {
    if (dice.chance(5)) tracker.delete(id);
    else tracker.set(id, randomIssue(dice, id));
  }
  const all = [...tracker.values()];
  const readAt = dice.chance(10) ? { readAt: start } : {};
  const removedIds = changed.filter((id) => !tracker.has(id));
  switch (dice.below(4)) {
    case 0:
      return { type: "issues-observed", scope: "full", issues: all, removedIds: [], ...readAt };
    case 1: {
      const active = all.filter((seen) => testPolicy.activeStates.includes(seen.state));
      return { type: "issues-observed", scope: "active", issues: active, removedIds: [] };
    }
    case 2:
      return { type: "issues-refreshed", requestedIds: changed, issues: all, ...readAt };
    default: {
      const issues = all.filter((seen) => changed.includes(seen.id));
      return { type: "issues-observed", scope: "changes", issues, removedIds };
    }
  }
}

function randomIssue(dice: Dice, id: string): Issue {
  const blocker = dice.pick(ids);
  const blockedBy: IssueBlocker[] = dice.chance(25)
    ? [{ id: blocker, identifier: blocker, state: dice.pick([null, "done"]), stateKind: null }]
    : [];
  return issue(id, {
    title: `Title ${dice.below(3)}`,
    state: dice.pick([...states, "todo", "todo", "todo", "doing", "doing", "doing"]),
    stateKind: dice.pick([null, "unstarted", "started"]),
    priority: dice.pick([null, 1, 2, 7]),
    labels: dice.pick([[], ["agent"], ["agent", "x"]]),
    notDispatchable: dice.chance(5) ? "not ours" : null,
    blockedBy,
  });
}

function person(dice: Dice): Input {
  const issueId = dice.pick(ids);
  const by = "somebody";
  switch (dice.below(5)) {
    case 0:
      return { type: "answer-received", issueId, by, text: "yes" };
    case 1:
      return { type: "stop-requested", issueId, by };
    case 2:
      return { type: "delivery-found", issueId, commit: "c0" };
    case 3:
      return { type: "release-requested", issueId, by };
    default:
      return { type: "retry-requested", issueId, by };
  }
}

function setting(dice: Dice, state: OrchestratorState): Input {
  const [closed] = Object.values(state.gates);
  if (closed !== undefined) return { type: "gate-opened", gate: closed.gate };
  switch (dice.below(5)) {
    case 0:
      return { type: "daemon-started", epoch: state.epoch + 1, policy: policyOf(dice) };
    case 1:
      return { type: "policy-replaced", policy: policyOf(dice) };
    case 2:
      return { type: "gate-closed", gate: { gate: "paused", by: "somebody" } };
    case 3:
      return { type: "gate-closed", gate: { gate: "draining", by: "somebody" } };
    default:
      return { type: "daemon-started", epoch: state.epoch + 1, policy: state.policy };
  }
}

function orderEnd(dice: Dice, state: OrchestratorState, tracker: Map<string, Issue>): Input {
  const order = dice.pick([...state.orders.values()]);
  const { key, issueId } = order;
  const failure = { kind: "failed", message: "away", retryAfterMs: null } as const;
  switch (order.kind) {
    case "write-comment": {
      const result = dice.chance(70)
        ? ({ kind: "confirmed", writtenAt: "2030-01-01T00:00:00Z" } as const)
        : { ...failure, retryable: dice.chance(50) };
      return { type: "comment-ended", issueId, key, result };
    }
    case "write-claim":
    case "release-claim": {
      const result = dice.chance(60)
        ? ({ kind: "confirmed" } as const)
        : { ...failure, retryable: dice.chance(70) };
      return { type: "claim-mark-ended", issueId, key, result };
    }
    case "clean-workspace": {
      const result = dice.chance(70)
        ? ({ kind: "removed", savedRef: null } as const)
        : ({ kind: "failed", message: "busy" } as const);
      return { type: "workspace-cleaned", issueId, key, result };
    }
    case "transition-issue": {
      const found = tracker.get(issueId) ?? randomIssue(dice, issueId);
      const written = { ...found, state: order.to };
      if (dice.chance(60)) tracker.set(issueId, written);
      const result = dice.pick([
        { kind: "confirmed", issue: written } as const,
        { kind: "confirmed", issue: written } as const,
        { kind: "conflict", issue: found } as const,
        { kind: "rejected", reason: "no such state" } as const,
        failure,
      ]);
      return { type: "transition-ended", issueId, key, result };
    }
  }
}

function aboutClaim(dice: Dice, state: OrchestratorState, tracker: Map<string, Issue>): Input {
  const claims = [...state.claims.entries()];
  const fits = claims.length > 0 && dice.chance(95);
  const [issueId, claim] = fits ? dice.pick(claims) : [dice.pick(ids), undefined];
  if (claim?.phase === "delivering") {
    const result = dice.pick([
      { kind: "delivered", commit: dice.pick(["c", "head"]), branch: "main", notes: [] } as const,
      { kind: "empty" } as const,
      { kind: "conflict", files: ["x"], detail: "both" } as const,
      { kind: "check-failed", output: "red" } as const,
      { kind: "waiting", reason: "dirty", remedy: "commit" } as const,
      { kind: "failed", message: "away", retryable: dice.chance(50) } as const,
    ]);
    return { type: "delivery-ended", issueId, key: claim.key, result };
  }
  const runId = claim?.phase === "running" ? claim.runId : `run-${dice.below(10)}`;
  if (claim?.phase === "running" && claim.runPhase === "starting" && dice.chance(80)) {
    const place = { workspace: workspaceOf(issueId), fingerprint: fingerprint("before") };
    if (claim.baseline === null) return { type: "workspace-prepared", issueId, runId, ...place };
  }
  const found = tracker.get(issueId) ?? null;
  if (claim?.phase === "running" && claim.runPhase === "checking") {
    if (dice.chance(85)) return { type: "issue-checked", issueId, runId, issue: found };
    return { type: "issue-check-failed", issueId, runId, message: "away", retryAfterMs: null };
  }
  return aboutRun(dice, issueId, runId, found);
}

function aboutRun(dice: Dice, issueId: string, runId: string, found: Issue | null): Input {
  const run = { issueId, runId };
  const print = fingerprint(dice.pick(["before", "after"]), dice.below(2));
  const usage = {
    pool: "plan",
    inputTokens: dice.below(400),
    outputTokens: dice.below(400),
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: dice.pick([null, dice.below(3)]),
  };
  switch (dice.below(9)) {
    case 8:
      return { type: "run-unheard", ...run };
    case 0:
      return { type: "run-phase-changed", ...run, phase: dice.pick(["running-turn", "finishing"]) };
    case 1: {
      const workspace = workspaceOf(issueId);
      return { type: "workspace-prepared", ...run, workspace, fingerprint: print };
    }
    case 2:
      return { type: "session-started", ...run, sessionId: dice.pick([null, "session"]) };
    case 3: {
      const lastEventAt = start + dice.below(1_000_000);
      const spoolSeq = dice.below(100);
      return { type: "run-progressed", ...run, spoolSeq, lastEventAt, usage };
    }
    case 4: {
      const turn = { turn: 1 + dice.below(4), fingerprint: print };
      return {
        type: "turn-ended",
        ...run,
        turn: { ...turn, outcome: { kind: "succeeded" } },
        issue: dice.pick([found, "unknown"]),
      };
    }
    default: {
      const ending = { outcome: outcomeOf(dice), fingerprint: dice.pick([print, print, print, null]), turns: 1 };
      return { type: "run-ended", ...run, ending, usage: dice.pick([usage, null]) };
    }
  }
}

function outcomeOf(dice: Dice): RunOutcome {
  const reasons: readonly StopReason[] = ["shutdown", "drain", "issue-changed", "stalled"];
  return dice.pick<RunOutcome>([
    ...Array.from({ length: 9 }, (): RunOutcome => ({ kind: "succeeded" })),
    { kind: "failed", code: "agent-exit", retryable: true, message: "exit 1" },
    { kind: "failed", code: "agent-error", retryable: false, message: "no" },
    { kind: "failed", code: "auth", retryable: false, message: "log in" },
    { kind: "timed-out", limit: "turn", limitMs: 1 },
    { kind: "stalled", silentMs: 1 },
    { kind: "canceled", reason: dice.pick(reasons) },
    { kind: "needs-input", question: "which?" },
    { kind: "quota-exhausted", pool: "plan", resetsAt: dice.pick([null, start + 500_000]) },
    { kind: "budget-exhausted", budget: "own" },
    { kind: "lost", message: "gone" },
  ]);
}
