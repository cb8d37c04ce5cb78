import type { Issue, SignalboxError, TrackerProblem, WorkflowConfig } from "@signalbox/contracts";
import {
  nextDueAt,
  outstandingEffects,
  policyFrom,
  snapshotOf,
  type OrchestratorEvent,
  type OrchestratorState,
} from "@signalbox/core";
import { DueTimer } from "./due-timer.ts";
import { Forecast } from "./forecast.ts";
import type { OrchestratorEvents } from "./orchestrator-events.ts";
import type { Listeners } from "./listeners.ts";
import { Mailbox, type Commit } from "./mailbox.ts";
import { Observation, type PollResult } from "./observation.ts";
import { Performer } from "./performer.ts";
import { PollLoop } from "./poll-loop.ts";
import { closePorts, type OrchestratorPorts } from "./ports.ts";
import { problemFrom } from "./problem.ts";
import { recoverDeliveries } from "./recover-deliveries.ts";
import { recoverRuns } from "./recovery.ts";
import { reread } from "./reread.ts";
import { RunSupervisor } from "./run-supervisor.ts";

const snapshotEvery = 20_000;
const endLimitMs = 5_000;

export interface DaemonStart {
  readonly ports: OrchestratorPorts;
  readonly listeners: Listeners<OrchestratorEvents>;
  readonly state: OrchestratorState;
  readonly version: number;
  readonly epoch: number;
  readonly onPolled: (result: PollResult) => void;
  readonly onCommit: () => void;
  readonly onOver: (error: SignalboxError) => void;
}

/** One daemon life: everything that is alive between start and stop, wired together. */
export class Daemon {
  readonly #start: DaemonStart;
  readonly #end = new AbortController();
  readonly #mailbox: Mailbox;
  readonly #performer: Performer;
  readonly #supervisor: RunSupervisor;
  readonly #observation: Observation;
  readonly #loop: PollLoop;
  readonly #timer: DueTimer;
  readonly #forecast: Forecast;
  #configHash: string;
  #configError: SignalboxError | null = null;
  #watch: Disposable | null = null;
  #snapshotAt: number;

  constructor(start: DaemonStart) {
    const { ports } = start;
    this.#start = start;
    this.#snapshotAt = start.version;
    this.#configHash = ports.config.current().source.hash;
    const { clock, tracker } = ports;
    const post = (event: OrchestratorEvent): void => this.#mailbox.post(event);
    const state = (): OrchestratorState => this.#mailbox.state;
    const { signal } = this.#end;
    this.#mailbox = new Mailbox(start.state, start.version, start.epoch, {
      clock,
      journal: ports.journal,
      onCommit: (commit) => this.#onCommit(commit),
      onJournalTrouble: (error) => this.#onJournalTrouble(error),
      onRejectedEvent: (event, error) => this.#problem(error, null, `deciding on ${event.type}`),
      onFenced: (error) => start.onOver(error),
    });
    this.#supervisor = new RunSupervisor({
      clock,
      post,
      reread: (issueId) => reread(issueId, { clock, tracker, signal }),
      onAgentEvent: (issueId, runId, event) =>
        start.listeners.emit("agent_event", { issueId, runId, event }),
    });
    this.#performer = new Performer({
      ...ports,
      supervisor: this.#supervisor,
      signal,
      state,
      post,
      checked: new Map<string, Issue>(),
    });
    this.#forecast = new Forecast({
      workspaces: ports.workspaces,
      supervisor: this.#supervisor,
      signal,
      onFailure: (error, doing) => this.#problem(error, null, doing),
    });
    this.#observation = new Observation({
      clock,
      tracker,
      signal,
      state,
      post,
      refreshConfig: () => this.#refreshConfig(),
      onRecords: (problems) => this.#onRecords(problems),
      onFailure: (error, doing) => this.#problem(error, null, doing),
    });
    this.#loop = new PollLoop({
      clock,
      intervalMs: () => ports.config.current().polling.intervalMs,
      poll: () => this.#poll(),
      onPolled: start.onPolled,
    });
    this.#timer = new DueTimer(clock, () => post({ type: "time-passed", at: clock.now() }));
  }

  get state(): OrchestratorState {
    return this.#mailbox.state;
  }

  /** Takes over what an earlier daemon left, then looks at the tracker for the first time. */
  async begin(): Promise<void> {
    const { ports, epoch } = this.#start;
    const before = this.#mailbox.state;
    this.post({
      type: "daemon-started",
      at: ports.clock.now(),
      epoch,
      policy: policyFrom(ports.config.current(), ports.trackerDefaults),
    });
    await this.#mailbox.settled();
    for (const effect of outstandingEffects(before)) this.#performer.perform(effect);
    await recoverRuns(before, {
      clock: ports.clock,
      runHost: ports.runHost,
      supervisor: this.#supervisor,
      post: (event) => this.post(event),
      logger: ports.logger,
    });
    this.#watch = ports.config.watch(() => void this.#refreshConfig());
    if (this.#start.version > 0) return this.poll();
    await recoverDeliveries({
      clock: ports.clock,
      delivery: ports.delivery,
      signal: this.#end.signal,
      state: () => this.state,
      post: (event) => this.post(event),
      poll: () => this.poll(),
      onFailure: (error, doing) => this.#problem(error, null, doing),
    });
    await this.#mailbox.settled();
  }

  post(event: OrchestratorEvent): void {
    this.#mailbox.post(event);
  }

  /** Looks at the tracker now; resolves when what it said is decided and durable. */
  async poll(): Promise<void> {
    await this.#loop.request();
    await this.#mailbox.settled();
  }

  /** Stops the runs that would not outlive this process, writes down how they ended, and lets go of everything. */
  async end(): Promise<void> {
    const { ports } = this.#start;
    this.#watch?.[Symbol.dispose]();
    this.#timer.close();
    this.#post({ gate: "draining", by: "shutdown" });
    const polled = this.#loop.close();
    await ports.runHost.close();
    await this.#settleWithin(endLimitMs);
    this.#end.abort(new DOMException("The orchestrator is stopping", "AbortError"));
    await polled;
    this.#supervisor.close();
    await this.#forecast.close();
    await this.#performer.settled();
    await this.#settleWithin(endLimitMs);
    await this.#saveSnapshot();
    this.#mailbox.close();
    this.#timer.close();
    await closePorts(ports);
  }

  /** Starts nothing new from here on. */
  drain(by: string): void {
    this.#post({ gate: "draining", by });
  }

  #post(gate: Extract<OrchestratorEvent, { type: "gate-closed" }>["gate"]): void {
    this.post({ type: "gate-closed", at: this.#start.ports.clock.now(), gate });
  }

  #onCommit({ state, decided, effects }: Commit): void {
    for (const effect of effects) this.#performer.perform(effect);
    this.#forecast.onCommit({ state, decided, effects });
    this.#timer.arm(nextDueAt(state));
    this.#start.listeners.emit("state_change", { state, decided });
    this.#start.onCommit();
    if (this.#mailbox.version - this.#snapshotAt >= snapshotEvery) void this.#saveSnapshot();
  }

  /** A journal that cannot be written must not keep the process from ending: recovery knows what to do. */
  async #settleWithin(limitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.#start.ports.clock.setTimer(limitMs, resolve);
    await Promise.race([this.#mailbox.settled(), promise]);
    timer[Symbol.dispose]();
  }

  async #saveSnapshot(): Promise<void> {
    const { state, version } = this.#mailbox;
    if (version === this.#snapshotAt) return;
    this.#snapshotAt = version;
    try {
      const snapshot = { seq: version, v: 1, data: snapshotOf(state) };
      await this.#start.ports.journal.saveSnapshot(snapshot);
    } catch (error) {
      this.#problem(error, null, "saving a snapshot (the journal alone is enough to go on)");
    }
  }

  async #poll(): Promise<PollResult> {
    const result = await this.#observation.poll();
    const at = this.#start.ports.clock.now();
    this.#probeMemory(at);
    this.post({ type: "time-passed", at });
    await this.#mailbox.settled();
    return result;
  }

  #probeMemory(at: number): void {
    const { resources, config } = this.#start.ports;
    const reserveMb = config.current().memoryReserveMb;
    const freeMb = resources.freeMemoryMb();
    if (freeMb !== null && freeMb < reserveMb) {
      this.post({ type: "gate-closed", at, gate: { gate: "memory-low", freeMb, reserveMb } });
    } else {
      this.post({ type: "gate-opened", at, gate: "memory-low" });
    }
  }

  async #refreshConfig(): Promise<void> {
    const { config, clock, trackerDefaults } = this.#start.ports;
    try {
      await config.refresh();
    } catch (error) {
      this.#problem(error, null, "reading the workflow file again");
    }
    const error = config.error();
    if (error !== null && error !== this.#configError) {
      this.#problem(error, null, "the changed workflow file is not used");
    }
    this.#configError = error;
    const current: WorkflowConfig = config.current();
    if (current.source.hash === this.#configHash) return;
    this.#configHash = current.source.hash;
    const policy = policyFrom(current, trackerDefaults);
    this.post({ type: "policy-replaced", at: clock.now(), policy });
  }

  #onJournalTrouble(error: unknown): void {
    if (error === null) this.#start.ports.logger.log("info", "the journal can be written again");
    else this.#problem(error, null, "writing the journal (nothing starts until it works again)");
  }

  #onRecords(problems: readonly TrackerProblem[]): void {
    for (const { where, message, remedy } of problems) {
      this.#start.listeners.emit("problem", {
        code: "tracker_record",
        message: `${where}: ${message}`,
        remedy,
        issueId: null,
      });
    }
  }

  #problem(error: unknown, issueId: string | null, doing: string): void {
    this.#start.listeners.emit("problem", problemFrom(error, issueId, doing));
  }
}
