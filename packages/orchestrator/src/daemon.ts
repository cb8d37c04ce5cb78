import type { Issue, SignalboxError } from "@signalbox/contracts";
import {
  nextDueAt,
  outstandingEffects,
  policyFrom,
  type DecidedEvent,
  type OrchestratorEvent,
  type OrchestratorState,
} from "@signalbox/core";
import { ConfigFollower } from "./config-follower.ts";
import { DeliveryRecovery } from "./delivery-recovery.ts";
import { DueTimer } from "./due-timer.ts";
import { Forecast } from "./forecast.ts";
import { JournalUpkeep } from "./journal-upkeep.ts";
import type { Listeners } from "./listeners.ts";
import { Mailbox, type Commit } from "./mailbox.ts";
import { Observation, type PollResult } from "./observation.ts";
import type { OrchestratorEvents } from "./orchestrator-events.ts";
import { Performer } from "./performer.ts";
import { PollLoop } from "./poll-loop.ts";
import { closePorts, type OrchestratorPorts } from "./ports.ts";
import { problemFrom, type Problem } from "./problem.ts";
import { ProblemReporter } from "./problem-reporter.ts";
import { recoverRuns } from "./recovery.ts";
import { reread } from "./reread.ts";
import { RunSupervisor } from "./run-supervisor.ts";
import { SetupProbe } from "./setup-probe.ts";
import { ToolDesk } from "./tools/tool-desk.ts";

const endLimitMs = 5_000;

export interface DaemonStart {
  readonly ports: OrchestratorPorts;
  readonly listeners: Listeners<OrchestratorEvents>;
  readonly state: OrchestratorState;
  readonly version: number;
  /** The entry that the newest snapshot ends with; 0: there is none. */
  readonly snapshotSeq: number;
  readonly epoch: number;
  readonly onPolled: (result: PollResult) => void;
  readonly onCommit: () => void;
  /** Agents cannot be started, whatever the issue. */
  readonly onSetupFailed: (error: SignalboxError) => void;
  readonly onOver: (error: SignalboxError) => void;
}

/** One daemon life: everything that is alive between start and stop, wired together. */
export class Daemon {
  readonly #start: DaemonStart;
  readonly #end = new AbortController();
  readonly #problems: ProblemReporter;
  readonly #mailbox: Mailbox;
  readonly #performer: Performer;
  readonly #supervisor: RunSupervisor;
  readonly #forecast: Forecast;
  readonly #observation: Observation;
  readonly #config: ConfigFollower;
  readonly #deliveries: DeliveryRecovery;
  readonly #setup: SetupProbe;
  readonly #loop: PollLoop;
  readonly #timer: DueTimer;
  /** Another daemon has taken over. */
  #isFenced = false;
  /** What runs were left is known; before, no run is judged by its silence. */
  #isListening = false;
  readonly #upkeep: JournalUpkeep;
  #journalTrouble: Problem | null = null;

  constructor(start: DaemonStart) {
    const { ports } = start;
    this.#start = start;
    const { clock, tracker } = ports;
    const post = (event: OrchestratorEvent): void => this.#mailbox.post(event);
    const state = (): OrchestratorState => this.#mailbox.state;
    const settled = (): Promise<void> => this.#mailbox.settled();
    const { signal } = this.#end;
    const problems = new ProblemReporter((problem) => start.listeners.emit("problem", problem));
    this.#problems = problems;
    const onFailure = (error: unknown, doing: string): void => problems.report(error, doing);
    this.#mailbox = new Mailbox(start.state, start.version, start.epoch, {
      clock,
      journal: ports.journal,
      onCommit: (commit) => this.#onCommit(commit),
      onLooked: () => this.#arm(),
      onJournalTrouble: (error) => this.#onJournalTrouble(error),
      onRejectedEvent: (event, error) => problems.report(error, `deciding on ${event.type}`),
      onFenced: (error) => {
        this.#isFenced = true;
        start.onOver(error);
      },
    });
    const toolDesk = new ToolDesk({ ...ports, state, post, signal });
    this.#supervisor = new RunSupervisor({
      clock,
      post,
      settled,
      performTool: (asked, given) => toolDesk.perform(asked, given),
      reread: (issueId) => reread(issueId, { clock, tracker, signal }),
      onAgentEvent: (issueId, runId, event) =>
        start.listeners.emit("agent_event", { issueId, runId, event }),
    });
    this.#upkeep = new JournalUpkeep(start.snapshotSeq, {
      ...ports,
      latest: () => this.#mailbox,
      onFailure: (error, doing) => problems.reportStanding(error, doing),
      onSuccess: (doing) => problems.works(doing),
    });
    const { workspaces } = ports;
    const supervisor = this.#supervisor;
    const shared = { ...ports, epoch: start.epoch, supervisor, signal, state, post, settled };
    this.#performer = new Performer({ ...shared, toolDesk, checked: new Map<string, Issue>() });
    this.#forecast = new Forecast({ workspaces, supervisor, signal, onFailure });
    this.#config = new ConfigFollower({ ...ports, post, onFailure });
    this.#deliveries = new DeliveryRecovery({
      ...shared,
      onFailure: (error, doing) => problems.reportStanding(error, doing),
    });
    this.#setup = new SetupProbe(clock, post, (error) => {
      problems.report(error, "starting agents");
      start.onSetupFailed(error);
    });
    this.#observation = new Observation({
      ...shared,
      refreshConfig: () => this.#config.refresh(),
      onRecords: (records) => problems.reportRecords(records),
      onFailure: (error, doing) => problems.reportStanding(error, doing),
      onSuccess: (doing) => problems.works(doing),
    });
    this.#loop = new PollLoop({
      clock,
      intervalMs: () => ports.config.current().polling.intervalMs,
      poll: () => this.#poll(),
      onPolled: start.onPolled,
      onFailure: (error) => problems.report(error, "polling"),
    });
    this.#timer = new DueTimer(clock, () => this.#passTime());
  }

  get state(): OrchestratorState {
    return this.#mailbox.state;
  }

  /** Why the journal cannot be written now; `null`: it can. */
  get journalTrouble(): Problem | null {
    return this.#journalTrouble;
  }

  /** Takes over what an earlier daemon left, then looks at the tracker for the first time. */
  async begin(): Promise<void> {
    const { ports, epoch, version } = this.#start;
    const before = this.#mailbox.state;
    this.#forecast.begin();
    const policy = policyFrom(ports.config.current(), ports.trackerDefaults, ports.tracker);
    this.post({ type: "daemon-started", at: ports.clock.now(), epoch, policy });
    if (version === 0) this.#deliveries.begin();
    await this.#mailbox.settled();
    for (const effect of outstandingEffects(before)) this.#performer.perform(effect);
    await recoverRuns(before, {
      clock: ports.clock,
      epoch,
      runHost: ports.runHost,
      supervisor: this.#supervisor,
      state: () => this.#mailbox.state,
      post: (event) => this.post(event),
      signal: this.#end.signal,
      onFailure: (error, doing) => this.#problems.reportStanding(error, doing),
      onRecovered: (found) => this.#start.listeners.emit("run_recovered", found),
    });
    this.#isListening = true;
    this.#config.begin();
    this.#upkeep.begin();
    await this.poll();
  }

  post(event: OrchestratorEvent): void {
    this.#mailbox.post(event);
  }

  /** As `post`, and resolves with what it led to once that is durable. */
  ask(event: OrchestratorEvent): Promise<readonly DecidedEvent[]> {
    return this.#mailbox.ask(event);
  }

  /** Looks at the tracker now; resolves when what it said is decided and durable. */
  async poll(): Promise<void> {
    await this.#loop.request();
    await this.#mailbox.settled();
  }

  /** Stops or leaves the runs, writes down how those that were stopped ended, and lets go of everything. */
  async end(runs: "leave" | "stop"): Promise<void> {
    const { ports } = this.#start;
    this.#config.close();
    this.#timer.close();
    this.#post({ gate: "draining", by: "shutdown" });
    const polled = this.#loop.close();
    await ports.runHost.close(runs);
    // A journal that cannot be written must not keep the process from ending: recovery knows what to do.
    if (!(await this.#settlesWithin(endLimitMs))) this.#mailbox.close();
    this.#end.abort(new DOMException("The orchestrator is stopping", "AbortError"));
    await polled;
    this.#supervisor.close();
    await this.#forecast.close(!this.#isFenced);
    await this.#performer.settled();
    await this.#settlesWithin(endLimitMs);
    await this.#upkeep.close();
    this.#mailbox.close();
    this.#timer.close();
    this.#setup.close();
    await closePorts(ports, runs);
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
    this.#setup.onCommit(state);
    this.#problems.reportDecided(decided);
    this.#start.listeners.emit("state_change", { state, decided });
    this.#start.onCommit();
    this.#upkeep.onCommit();
  }

  async #settlesWithin(limitMs: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<false>();
    const timer = this.#start.ports.clock.setTimer(limitMs, () => resolve(false));
    const settled = this.#mailbox.settled().then(() => true);
    const isSettled = await Promise.race([settled, promise]);
    timer[Symbol.dispose]();
    return isSettled;
  }

  async #poll(): Promise<PollResult> {
    const result = await this.#observation.poll();
    this.#probeMemory();
    this.#passTime();
    await this.#mailbox.settled();
    const isRecovered = await this.#deliveries.finish(result.ok);
    await this.#mailbox.settled();
    return { ...result, ok: result.ok && isRecovered };
  }

  #arm(): void {
    if (this.#isListening) this.#timer.arm(nextDueAt(this.#mailbox.state));
  }

  /** An agent is not judged by its silence before what it said was heard. */
  #passTime(): void {
    const at = this.#start.ports.clock.now();
    this.#supervisor.flush(at - this.#mailbox.state.policy.stallTimeoutMs);
    this.post({ type: "time-passed", at });
  }

  #probeMemory(): void {
    const { clock, resources, config } = this.#start.ports;
    const at = clock.now();
    const reserveMb = config.current().memoryReserveMb;
    const freeMb = resources.freeMemoryMb();
    if (freeMb !== null && freeMb < reserveMb) {
      this.post({ type: "gate-closed", at, gate: { gate: "memory-low", freeMb, reserveMb } });
    } else {
      this.post({ type: "gate-opened", at, gate: "memory-low" });
    }
  }

  #onJournalTrouble(error: unknown): void {
    const isOver = error === null;
    this.#journalTrouble = isOver ? null : problemFrom(error, null, "writing the journal");
    if (isOver) this.#start.ports.logger.log("info", "the journal can be written again");
    else this.#problems.report(error, "writing the journal (nothing starts until it works again)");
  }
}
