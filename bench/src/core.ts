import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Issue } from "@signalbox/contracts";
import {
  type OrchestratorEvent,
  type OrchestratorState,
  type Policy,
  applyEvent,
  createEmptyState,
  defaultPolicy,
  sortCandidates,
} from "@signalbox/core";

const sizes = [100, 1_000, 10_000, 100_000];
const maxRuns = 1_000;
const backoffMs = 10_000;
const start = Date.UTC(2030, 0, 1);

interface Row {
  readonly issues: number;
  readonly runs: number;
  readonly heartbeatUs: number;
  readonly editUs: number;
  readonly exitAndDispatchUs: number;
  readonly idlePollUs: number;
  readonly plainTickUs: number;
  readonly bytesPerIssue: number;
}

/** Prints what one input costs the core at each size, beside a tick that filters and sorts a plain list. */
export function benchCore(): void {
  console.table(sizes.map(measure));
}

function measure(issues: number): Row {
  const runs = Math.min(maxRuns, issues / 2);
  const { state: idle, bytesPerIssue } = observeAll(issues);
  let state = startRuns(idle, runs);
  const running = [...state.claims.keys()];
  const idleIds = [...state.issues.keys()].filter((id) => !state.claims.has(id));
  const numbers = shuffled(20_000);
  let at = start + 100_000;
  const apply = (event: OrchestratorEvent): void => {
    ({ state } = applyEvent(state, event));
  };

  const heartbeatUs = perCall(20_000, (round) => {
    at += 1;
    const issueId = running[numbers[round]! % running.length]!;
    const claim = state.claims.get(issueId);
    if (claim?.phase !== "running") throw new Error(`${issueId} does not run`);
    const { runId } = claim;
    const spoolSeq = at;
    apply({ type: "run-progressed", at, issueId, runId, spoolSeq, lastEventAt: at, usage: null });
  });
  const editUs = perCall(20_000, (round) => {
    at += 1;
    const id = idleIds[numbers[round]! % idleIds.length]!;
    const edited = { ...issueOf(numberOf(id)), title: `Title ${round}` };
    apply({ type: "issues-observed", at, scope: "changes", issues: [edited], removedIds: [] });
  });
  const queue = [...running];
  // So slow that those who failed are back before nobody is ready.
  const exitIntervalMs = Math.ceil((4 * backoffMs) / idleIds.length);
  const exitAndDispatchUs = perCall(2_000, () => {
    at += exitIntervalMs;
    apply({ type: "time-passed", at });
    exitAndDispatch(queue.shift()!);
  });
  const idlePollUs = perCall(20_000, () => {
    apply({ type: "issues-observed", at, scope: "changes", issues: [], removedIds: [] });
    apply({ type: "time-passed", at });
  });
  const plain = Array.from({ length: issues }, (_, index) => issueOf(index));
  const plainTickUs = perCall(Math.max(3, Math.min(500, 200_000 / issues)), () => {
    sortCandidates(plain.filter((issue) => issue.state === "todo" && !state.claims.has(issue.id)));
  });
  return {
    issues,
    runs,
    heartbeatUs,
    editUs,
    exitAndDispatchUs,
    idlePollUs,
    plainTickUs,
    bytesPerIssue,
  };

  function exitAndDispatch(issueId: string): void {
    const claim = state.claims.get(issueId);
    if (claim?.phase !== "running") throw new Error(`${issueId} does not run`);
    const outcome = { kind: "failed", code: "agent-exit", retryable: true, message: "x" } as const;
    const ending = { outcome, fingerprint: null, turns: 1 };
    const { runId } = claim;
    const ended = applyEvent(state, {
      type: "run-ended",
      at,
      issueId,
      runId,
      ending,
      usage: null,
    });
    state = ended.state;
    const check = ended.effects.find((effect) => effect.type === "check-issue");
    if (check === undefined) throw new Error("Nothing was dispatched");
    const issue = issueOf(numberOf(check.issueId));
    queue.push(check.issueId);
    apply({ type: "issue-checked", at, issueId: check.issueId, runId: check.runId, issue });
  }
}

function observeAll(issues: number): {
  readonly state: OrchestratorState;
  readonly bytesPerIssue: number;
} {
  const policy: Policy = {
    ...defaultPolicy,
    activeStates: ["todo"],
    terminalStates: ["done"],
    maxConcurrentAgents: maxRuns,
    maxFailures: 0,
    maxRetryBackoffMs: backoffMs,
    stallTimeoutMs: 0,
  };
  let state = applyEvent(createEmptyState(policy), {
    type: "gate-closed",
    at: start,
    gate: { gate: "paused", by: "the benchmark" },
  }).state;
  const before = heapUsed();
  for (let first = 0; first < issues; first += 100) {
    const page = Array.from({ length: 100 }, (_, index) => parsedIssue(first + index));
    state = applyEvent(state, {
      type: "issues-observed",
      at: start,
      scope: "changes",
      issues: page,
      removedIds: [],
    }).state;
  }
  return { state, bytesPerIssue: Math.round((heapUsed() - before) / issues) };
}

function startRuns(idle: OrchestratorState, runs: number): OrchestratorState {
  const policy = { ...idle.policy, maxConcurrentAgents: runs };
  const slots = applyEvent(idle, { type: "policy-replaced", at: start, policy }).state;
  let { state, effects } = applyEvent(slots, { type: "gate-opened", at: start, gate: "paused" });
  for (const effect of effects) {
    if (effect.type !== "check-issue") continue;
    const { issueId, runId } = effect;
    const issue = issueOf(numberOf(issueId));
    ({ state } = applyEvent(state, { type: "issue-checked", at: start, issueId, runId, issue }));
  }
  return state;
}

/** As an adapter delivers it: parsed, so that every text is the issue's own. */
function parsedIssue(number: number): Issue {
  const text = JSON.stringify(issueOf(number));
  const issue: Issue = JSON.parse(text);
  return issue;
}

function issueOf(number: number): Issue {
  return {
    id: `10000-${String(number).padStart(7, "0")}`,
    identifier: `SIG-${number}`,
    title: `Teach the interlocking about junction ${number}`,
    description: `What is wanted at junction ${number}. `.repeat(8),
    state: "todo",
    stateKind: "unstarted",
    priority: (number % 4) + 1,
    labels: [],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: null,
    createdAt: new Date(start - ((number * 7_919) % 100_000) * 60_000).toISOString(),
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
  };
}

function numberOf(id: string): number {
  return Number(id.slice("10000-".length));
}

/** The best of five rounds, in microseconds a call. */
function perCall(calls: number, call: (round: number) => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const begun = performance.now();
    for (let round = 0; round < calls; round += 1) call(round);
    best = Math.min(best, ((performance.now() - begun) * 1_000) / calls);
  }
  return Number(best.toFixed(2));
}

/** The same order at every run: a multiplicative walk through the numbers below `count`. */
function shuffled(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (index * 7_368_787) % 1_000_003);
}

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
