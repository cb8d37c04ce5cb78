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
/** A round is short, so that the best of many is one that nothing else on the machine got into. */
const roundMs = 0.5;
const measureMs = 1_500;

/** Prints what one input costs the core at each size, beside a tick that filters and sorts a plain list. */
export function benchCore(): void {
  console.log(
    "microseconds per input, processor time / wall time, each the best of many short rounds;",
  );
  console.log("bytes of heap per idle issue");
  console.table(sizes.map(measure));
}

function measure(size: number): Readonly<Record<string, number | string>> {
  const observed = observeAll(size);
  const subject = new Subject(observed.state, size, Math.min(maxRuns, size / 2));
  return {
    issues: size,
    runs: subject.running.length,
    heartbeat: perCall((round) => subject.heartbeat(round)),
    edit: perCall((round) => subject.edit(round)),
    "exit + dispatch": perCall(
      () => subject.exitAndDispatch(),
      () => subject.backoffPasses(),
    ),
    "idle poll": perCall(() => subject.pollNothing()),
    "plain tick": perCall(() => subject.plainTick()),
    // Of few issues the heap says nothing.
    "bytes per issue": size < 10_000 ? "" : observed.bytesPerIssue,
  };
}

type LiveRun = readonly [issueId: string, runId: string];

/** A state with live runs, and the inputs to put to it. Everything that an adapter would make is made beforehand. */
class Subject {
  state: OrchestratorState;
  readonly running: LiveRun[] = [];
  readonly #issues: readonly Issue[];
  readonly #edits: readonly Issue[];
  #at = start;
  /** Which of the live runs has been there longest. */
  #oldest = 0;

  constructor(idle: OrchestratorState, size: number, runs: number) {
    this.state = idle;
    this.#issues = Array.from({ length: size }, (_, number) => parsedIssue(number));
    this.#apply({ type: "policy-replaced", policy: { ...idle.policy, maxConcurrentAgents: runs } });
    const { effects } = this.#apply({ type: "gate-opened", gate: "paused" });
    for (const effect of effects) {
      if (effect.type === "check-issue")
        this.running.push(this.#confirm(effect.issueId, effect.runId));
    }
    this.#edits = Array.from({ length: 20_000 }, (_, round) => {
      const number = (round * 7_368_787) % size;
      return { ...parsedIssue(number), title: `Edited in round ${round}` };
    }).filter((issue) => !this.state.claims.has(issue.id));
  }

  heartbeat(round: number): void {
    this.#at += 1;
    const [issueId, runId] = at(this.running, round * 7_919);
    const { length } = this.running;
    const spoolSeq = this.#at + length;
    const lastEventAt = this.#at;
    this.#apply({ type: "run-progressed", issueId, runId, spoolSeq, lastEventAt, usage: null });
  }

  edit(round: number): void {
    const issues = [at(this.#edits, round)];
    this.#apply({ type: "issues-observed", scope: "changes", issues, removedIds: [] });
  }

  /** The run that is longest there fails and backs off; the best issue by then is claimed, checked and started. */
  exitAndDispatch(): void {
    this.#at += 1;
    const [issueId, runId] = at(this.running, this.#oldest);
    const outcome = { kind: "failed", code: "agent-exit", retryable: true, message: "x" } as const;
    const ending = { outcome, fingerprint: null, turns: 1 };
    const { effects } = this.#apply({ type: "run-ended", issueId, runId, ending, usage: null });
    const check = effects.find((effect) => effect.type === "check-issue");
    if (check === undefined) throw new Error("Nothing was dispatched");
    this.running[this.#oldest] = this.#confirm(check.issueId, check.runId);
    this.#oldest = (this.#oldest + 1) % this.running.length;
  }

  /** Those who failed are ready again. */
  backoffPasses(): void {
    this.#at += backoffMs;
    this.#apply({ type: "time-passed" });
  }

  pollNothing(): void {
    this.#apply({ type: "issues-observed", scope: "changes", issues: [], removedIds: [] });
    this.#apply({ type: "time-passed" });
  }

  plainTick(): void {
    const { claims } = this.state;
    sortCandidates(this.#issues.filter((issue) => issue.state === "todo" && !claims.has(issue.id)));
  }

  #confirm(issueId: string, runId: string): LiveRun {
    const issue = at(this.#issues, Number(issueId.slice("10000-".length)));
    this.#apply({ type: "issue-checked", issueId, runId, issue });
    return [issueId, runId];
  }

  #apply(input: Input): ReturnType<typeof applyEvent> {
    const transition = applyEvent(this.state, { at: this.#at, ...input });
    this.state = transition.state;
    return transition;
  }
}

type Input = OrchestratorEvent extends infer Event
  ? Event extends OrchestratorEvent
    ? Omit<Event, "at">
    : never
  : never;

function observeAll(size: number): {
  readonly state: OrchestratorState;
  readonly bytesPerIssue: number;
} {
  // Without writes: nobody here would confirm them, and they would pile up.
  const policy: Policy = {
    ...defaultPolicy,
    activeStates: ["todo"],
    writes: "off",
    maxFailures: 0,
    maxRetryBackoffMs: backoffMs,
    stallTimeoutMs: 10 ** 12,
  };
  const gate = { gate: "paused", by: "the benchmark" } as const;
  let { state } = applyEvent(createEmptyState(policy), { type: "gate-closed", at: start, gate });
  const before = heapUsed();
  for (let first = 0; first < size; first += 100) {
    const page = Array.from({ length: 100 }, (_, index) => parsedIssue(first + index));
    const observed = { type: "issues-observed", at: start, scope: "changes" } as const;
    ({ state } = applyEvent(state, { ...observed, issues: page, removedIds: [] }));
  }
  return { state, bytesPerIssue: Math.round((heapUsed() - before) / size) };
}

/** As an adapter delivers it: parsed, so that every text is the issue's own. */
function parsedIssue(number: number): Issue {
  const issue: Issue = JSON.parse(JSON.stringify(issueOf(number)));
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

/**
 * The best round, in microseconds a call: processor time, which others on the machine do not take part in, beside wall
 * time. What is done between two rounds is not counted.
 */
function perCall(call: (round: number) => void, between: () => void = () => {}): string {
  let calls = 1;
  let round = 0;
  const best = { processor: Number.POSITIVE_INFINITY, wall: Number.POSITIVE_INFINITY };
  const until = performance.now() + measureMs;
  do {
    const usedBefore = process.cpuUsage();
    const begun = performance.now();
    for (let count = 0; count < calls; count += 1) call((round += 1));
    const tookMs = performance.now() - begun;
    const used = process.cpuUsage(usedBefore);
    if (tookMs < roundMs / 2) calls *= 2;
    else {
      best.processor = Math.min(best.processor, (used.user + used.system) / calls);
      best.wall = Math.min(best.wall, (tookMs * 1_000) / calls);
    }
    between();
  } while (performance.now() < until || best.wall === Number.POSITIVE_INFINITY);
  return `${best.processor.toFixed(2)} / ${best.wall.toFixed(2)}`;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error("The list is empty");
  return found;
}

function heapUsed(): number {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
  return process.memoryUsage().heapUsed;
}
