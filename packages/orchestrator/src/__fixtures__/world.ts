import type {
  Delivery,
  DeliveryResult,
  Issue,
  Journal,
  JournalEntry,
  JournalSnapshot,
  LogFields,
  LogLevel,
  NewJournalEntry,
  RunEnding,
  RunHost,
  RunObserver,
  RunOrder,
  RunRecovery,
  StopReason,
  Tracker,
  TransitionResult,
  WorkflowConfig,
  WorkspaceFingerprint,
  WorkspaceRef,
} from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";
import type { OrchestratorPorts } from "../ports.ts";
import { SimulatedClock } from "./simulated-clock.ts";

export function issueOf(id: string, more: Partial<Issue> = {}): Issue {
  return {
    id,
    identifier: id.toUpperCase(),
    title: `Title of ${id}`,
    description: null,
    state: "todo",
    stateKind: "unstarted",
    priority: null,
    labels: [],
    blockedBy: [],
    assignee: null,
    branchName: null,
    url: null,
    createdAt: null,
    updatedAt: null,
    notDispatchable: null,
    nativeRef: {},
    ...more,
  };
}

/** A tracker by hand: what it holds, what was asked of it, and what fails next. */
export class HandTracker implements Tracker {
  readonly issues = new Map<string, Issue>();
  readonly calls: string[] = [];
  readonly failures = new Map<string, unknown>();
  /** When set, `fetchIssuesByStates` waits for it. */
  hold: Promise<void> | null = null;

  put(...issues: readonly Issue[]): this {
    for (const issue of issues) this.issues.set(issue.id, issue);
    return this;
  }

  async fetchIssuesByStates(states: readonly string[]): Promise<readonly Issue[]> {
    this.#called("list");
    await this.hold;
    return [...this.issues.values()].filter((issue) => states.includes(issue.state));
  }

  async fetchIssuesByIds(ids: readonly string[]): Promise<readonly Issue[]> {
    this.#called("byIds");
    return ids.flatMap((id) => this.issues.get(id) ?? []);
  }

  async transition(issueId: string, order: { readonly to: string }): Promise<TransitionResult> {
    this.#called(`transition:${issueId}:${order.to}`);
    const issue = { ...(this.issues.get(issueId) ?? issueOf(issueId)), state: order.to };
    this.issues.set(issueId, issue);
    return { kind: "confirmed", issue };
  }

  #called(name: string): void {
    this.calls.push(name);
    const failure = this.failures.get(name);
    if (failure !== undefined) throw failure;
  }
}

/** Runs that end when the test says so. */
export class HandRunHost implements RunHost {
  readonly orders: RunOrder[] = [];
  readonly live = new Map<string, RunObserver>();
  readonly stops: { readonly runId: string; readonly reason: StopReason }[] = [];
  failStart: unknown = null;
  recovery: "adopted" | "ended" | "gone" = "gone";

  async start(order: RunOrder, observer: RunObserver): Promise<void> {
    if (this.failStart !== null) throw this.failStart;
    this.orders.push(order);
    this.live.set(order.runId, observer);
    await this.prepare(order.runId, order.issue.id);
    const atWork = { type: "phase-changed", phase: "running-turn", spoolSeq: 1, at: 0 } as const;
    await observer.onEvent({
      type: "agent-event",
      spoolSeq: 1,
      at: 0,
      event: { type: "session-started", sessionId: null, model: null },
    });
    await observer.onEvent(atWork);
  }

  async prepare(runId: string, issueId: string): Promise<void> {
    await this.live.get(runId)?.onEvent({
      type: "workspace-prepared",
      spoolSeq: 1,
      at: 0,
      workspace: workspaceOf(issueId),
      fingerprint: fingerprintOf("base", 0),
    });
  }

  async stop(runId: string, reason: StopReason): Promise<void> {
    this.stops.push({ runId, reason });
    await this.end(runId, { outcome: { kind: "canceled", reason }, fingerprint: null, turns: 0 });
  }

  async recover({ runId }: RunRecovery, observer: RunObserver): Promise<"adopted" | "ended" | "gone"> {
    if (this.recovery !== "gone") this.live.set(runId, observer);
    return this.recovery;
  }

  async close(): Promise<void> {
    for (const runId of this.live.keys()) await this.stop(runId, "shutdown");
  }

  async end(runId: string, ending: RunEnding): Promise<void> {
    const observer = this.live.get(runId);
    this.live.delete(runId);
    await observer?.onEvent({ type: "ended", spoolSeq: 9, at: 0, ending });
  }
}

export function workspaceOf(issueId: string): WorkspaceRef {
  return {
    issueId,
    identifier: issueId.toUpperCase(),
    key: issueId,
    path: `/nowhere/${issueId}`,
    branch: `signalbox/${issueId}`,
    baseCommit: "base",
  };
}

export function fingerprintOf(digest: string, commitsAhead: number): WorkspaceFingerprint {
  return { digest, head: digest, commitsAhead, dirty: false };
}

/** Keeps everything in memory, and can be full. */
export class HandJournal implements Journal {
  entries: JournalEntry[] = [];
  snapshot: JournalSnapshot | null = null;
  epoch = 0;
  failure: unknown = null;
  closed = false;

  async acquire(): Promise<{ readonly epoch: number; readonly version: number }> {
    this.epoch += 1;
    return { epoch: this.epoch, version: this.entries.length };
  }

  async append(
    expectedVersion: number,
    epoch: number,
    entries: readonly NewJournalEntry[],
  ): Promise<number> {
    if (this.failure !== null) throw this.failure;
    if (epoch !== this.epoch) throw new SignalboxError("journal_fenced", "fenced");
    if (expectedVersion !== this.entries.length) {
      throw new SignalboxError("journal_stale_version", "stale");
    }
    for (const entry of entries) {
      const copy = JSON.parse(JSON.stringify(entry)) as NewJournalEntry;
      this.entries.push({ ...copy, seq: this.entries.length + 1, epoch });
    }
    return this.entries.length;
  }

  async *read(after: number): AsyncIterable<JournalEntry> {
    yield* this.entries.slice(after);
  }

  async saveSnapshot(snapshot: JournalSnapshot): Promise<void> {
    this.snapshot = JSON.parse(JSON.stringify(snapshot)) as JournalSnapshot;
  }

  async loadSnapshot(): Promise<JournalSnapshot | null> {
    return this.snapshot;
  }

  async owner(): Promise<null> {
    return null;
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

export interface World {
  readonly clock: SimulatedClock;
  readonly tracker: HandTracker;
  readonly runHost: HandRunHost;
  readonly journal: HandJournal;
  readonly log: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields }[];
  readonly removed: string[];
  deliveryResult: DeliveryResult;
  config: WorkflowConfig;
  configListener: (() => void) | null;
  freeMemoryMb: number | null;
  readonly ports: OrchestratorPorts;
}

export function createWorld(config: WorkflowConfig, before?: Partial<World>): World {
  const clock = before?.clock ?? new SimulatedClock();
  const tracker = before?.tracker ?? new HandTracker();
  const runHost = new HandRunHost();
  const journal = before?.journal ?? new HandJournal();
  const delivery: Delivery = { deliver: async () => world.deliveryResult };
  const world: World = {
    clock,
    tracker,
    runHost,
    journal,
    log: [],
    removed: [],
    deliveryResult: { kind: "delivered", commit: "c0ffee", branch: "main", notes: [] },
    config,
    configListener: null,
    freeMemoryMb: null,
    ports: {
      clock,
      tracker,
      trackerDefaults: { activeStates: ["todo", "doing"], terminalStates: ["done"], states: {} },
      runHost,
      journal,
      delivery,
      workspaces: {
        prepare: async () => Promise.reject(new Error("not asked for")),
        fingerprint: async () => Promise.reject(new Error("not asked for")),
        remove: async ({ issueId }) => {
          world.removed.push(issueId);
          return { savedRef: null };
        },
      },
      config: {
        current: () => world.config,
        error: () => null,
        refresh: async () => undefined,
        watch: (listener) => {
          world.configListener = listener;
          return { [Symbol.dispose]: () => undefined };
        },
      },
      resources: { freeMemoryMb: () => world.freeMemoryMb },
      logger: {
        log: (level, message, fields = {}) => void world.log.push({ level, message, fields }),
      },
      owner: { pid: 1, host: "here", since: 0 },
    },
  };
  return world;
}
