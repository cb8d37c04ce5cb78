import { SignalboxError, type WorkflowConfig } from "@signalbox/contracts";
import {
  createEmptyState,
  type DecidedEvent,
  type OrchestratorEvent,
  type OrchestratorState,
} from "@signalbox/core";
import { Daemon } from "./daemon.ts";
import { isDrained } from "./is-drained.ts";
import { Listeners } from "./listeners.ts";
import { OncePass } from "./once.ts";
import type { OrchestratorEvents } from "./orchestrator-events.ts";
import { closePorts, withQuietLogger, type OrchestratorPorts } from "./ports.ts";
import type { Problem } from "./problem.ts";
import { replay } from "./replay.ts";

export interface StartOptions {
  /** End by itself when nothing is left to do: `finished()` then resolves. Default `false`. */
  readonly once?: boolean;
}

export interface StopOptions {
  /** Start nothing new, and let what runs come to its end first. Default `false`: running agents are stopped. */
  readonly drain?: boolean;
  /** Leave running agents to the next daemon, where the run host can. Default `false`: they are stopped. */
  readonly leave?: boolean;
}

/**
 * Dispatches agents to issues: observes the tracker, lets the pure core decide, performs what it decided. One
 * instance lives once: `start`, then `stop`.
 */
export class Orchestrator {
  readonly #makePorts: () => Promise<OrchestratorPorts>;
  readonly #listeners: Listeners<OrchestratorEvents>;
  readonly #drained: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  readonly #ended: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #ports: OrchestratorPorts | null = null;
  #daemon: Daemon | null = null;
  #once: OncePass | null = null;
  #life: "new" | "started" | "ended" = "new";
  #starting: Promise<void> | null = null;
  #stopping: Promise<void> | null = null;
  #draining = false;
  /** Of a single pass that waits before it looks again. */
  #nextPoll: Disposable | null = null;

  /** The configuration that it was made with; a reload replaces what applies, not this. */
  readonly config: WorkflowConfig;

  /** Ports given as a function are made at `start`, which then also reports what is wrong with them. */
  constructor(
    config: WorkflowConfig,
    ports: OrchestratorPorts | (() => Promise<OrchestratorPorts>),
  ) {
    this.config = config;
    this.#makePorts = typeof ports === "function" ? ports : () => Promise.resolve(ports);
    this.#listeners = new Listeners(() => this.#ports?.logger ?? null);
  }

  on<Name extends keyof OrchestratorEvents>(
    name: Name,
    listener: (payload: OrchestratorEvents[Name]) => void,
  ): this {
    this.#listeners.add(name, listener);
    return this;
  }

  off<Name extends keyof OrchestratorEvents>(
    name: Name,
    listener: (payload: OrchestratorEvents[Name]) => void,
  ): this {
    this.#listeners.remove(name, listener);
    return this;
  }

  /** The last durable state; empty before `start`. */
  get state(): OrchestratorState {
    return this.#daemon?.state ?? createEmptyState();
  }

  /**
   * Why the journal cannot be written now, which holds back every decision; `null`: it can. What the journal cannot
   * hold is not in `state`.
   */
  get journalTrouble(): Problem | null {
    return this.#daemon?.journalTrouble ?? null;
  }

  /**
   * Takes the journal, recovers what an earlier daemon left, polls for the first time, and goes on in the background.
   * Resolves after that first poll. Rejects, with nothing left open, when the ports cannot be made or another daemon
   * has the journal (`journal_locked`).
   */
  async start(options: StartOptions = {}): Promise<void> {
    if (this.#life !== "new") {
      throw new SignalboxError("orchestrator_used", "an orchestrator can be started once", {
        remedy: "Make a new one.",
      });
    }
    this.#life = "started";
    this.#starting = this.#begin(options);
    await this.#starting;
  }

  async #begin(options: StartOptions): Promise<void> {
    const ports = withQuietLogger(await this.#makePorts());
    this.#ports = ports;
    let daemon: Daemon;
    try {
      daemon = await this.#takeOver(ports, options);
    } catch (error) {
      this.#life = "ended";
      await closePorts(ports);
      throw error;
    }
    try {
      if (this.#draining) daemon.drain("operator");
      await daemon.begin();
    } catch (error) {
      await this.#end(daemon, "stop");
      throw error;
    }
  }

  async #takeOver(ports: OrchestratorPorts, options: StartOptions): Promise<Daemon> {
    const { epoch, lostEntries = 0 } = await ports.journal.acquire(ports.owner);
    if (lostEntries > 0) this.#reportLoss(lostEntries);
    const { state, version, snapshotSeq } = await replay(ports.journal);
    if (options.once === true) {
      this.#once = new OncePass(
        () => this.state,
        (delayMs) => this.#pollAfter(ports, delayMs),
      );
    }
    this.#listeners.add("problem", (problem) => this.#once?.onProblem(problem));
    this.#daemon = new Daemon({
      ports,
      listeners: this.#listeners,
      state,
      version,
      snapshotSeq,
      epoch,
      onPolled: (result) => this.#once?.onPolled(result),
      onCommit: () => this.#onCommit(),
      onSetupFailed: (error) => this.#once?.fail(error),
      onOver: (error) => this.#onFenced(error),
    });
    return this.#daemon;
  }

  /**
   * With `once`: resolves when nothing is eligible, running, retrying or delivering any more; rejects when the tracker
   * stays unreadable. Otherwise it resolves when the orchestrator has stopped.
   */
  async finished(): Promise<void> {
    await (this.#once === null ? this.#ended.promise : this.#once.finished);
  }

  /** Looks at the tracker now. Requests at the same time share one look. */
  async refresh(): Promise<void> {
    await this.#daemon?.poll();
  }

  /**
   * Stops the run of an issue, or its waiting for one, and parks it. `by` names who asked. As every operator's order,
   * resolves with what it led to, once that is durable, and with an empty list where it changed nothing. Rejects with
   * `orchestrator_ended` before `start` and after the end.
   */
  stopIssue(issueId: string, by: string): Promise<readonly DecidedEvent[]> {
    return this.#order({ type: "stop-requested", at: this.#now(), issueId, by });
  }

  /** Ends a wait or a parking now; counters start again. */
  retryIssue(issueId: string, by: string): Promise<readonly DecidedEvent[]> {
    return this.#order({ type: "retry-requested", at: this.#now(), issueId, by });
  }

  /** Gives up the claim: a run is stopped first; a delivery that is under way goes on. Eligible, it begins anew. */
  releaseIssue(issueId: string, by: string): Promise<readonly DecidedEvent[]> {
    return this.#order({ type: "release-requested", at: this.#now(), issueId, by });
  }

  /** Answers the question of a parked issue; the first 4,000 characters reach the agent as feedback. */
  answer(
    issueId: string,
    text: string,
    by: string | null = null,
  ): Promise<readonly DecidedEvent[]> {
    return this.#order({ type: "answer-received", at: this.#now(), issueId, text, by });
  }

  /** Idempotent. A stop without `drain` also cuts short one with it. */
  async stop(options: StopOptions = {}): Promise<void> {
    this.#draining = true;
    this.#daemon?.drain("operator");
    if (options.drain === true || this.#daemon === null) {
      await this.#starting?.catch(() => undefined);
    }
    const daemon = this.#daemon;
    if (daemon === null || this.#life === "ended") {
      this.#life = "ended";
      await this.#stopping;
      return;
    }
    if (options.drain === true && this.#stopping === null) {
      this.#onCommit();
      await this.#drained.promise;
    }
    this.#stopping ??= this.#end(daemon, options.leave === true ? "leave" : "stop");
    await this.#stopping;
  }

  async #end(daemon: Daemon, runs: "leave" | "stop"): Promise<void> {
    this.#life = "ended";
    this.#nextPoll?.[Symbol.dispose]();
    try {
      await daemon.end(runs);
    } finally {
      this.#drained.resolve();
      this.#ended.resolve();
    }
  }

  #pollAfter({ clock }: OrchestratorPorts, delayMs: number): void {
    const poll = (): void => void this.#daemon?.poll();
    if (delayMs === 0) poll();
    else this.#nextPoll = clock.setTimer(delayMs, poll);
  }

  #onCommit(): void {
    this.#once?.onCommit();
    if (this.#draining && isDrained(this.state)) this.#drained.resolve();
  }

  #reportLoss(entries: number): void {
    this.#listeners.emit("problem", {
      code: "journal_damaged",
      message: `the journal lost its last ${entries} entries; the intact part before them is used`,
      remedy: "Compare the tracker and the branches with what you remember of the last minutes.",
      issueId: null,
    });
  }

  #onFenced(error: SignalboxError): void {
    const { code, message, remedy } = error;
    this.#listeners.emit("fenced", { code, message, remedy, issueId: null });
    // Its runs belong to the daemon that took over.
    void this.stop({ leave: true });
  }

  async #order(event: OrchestratorEvent): Promise<readonly DecidedEvent[]> {
    if (this.#daemon === null) {
      throw new SignalboxError("orchestrator_ended", "the orchestrator has not started", {
        remedy: "Call `start` first.",
      });
    }
    return this.#daemon.ask(event);
  }

  #now(): number {
    return this.#ports?.clock.now() ?? 0;
  }
}
