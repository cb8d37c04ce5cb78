import type {
  AgentEvent,
  AgentToolResult,
  AgentUsage,
  Clock,
  RunEvent,
  RunObserver,
  RunPhase,
  ToolCall,
  TurnReply,
  TurnReport,
} from "@signalbox/contracts";
import type { OrchestratorEvent } from "@signalbox/core";
import { calmOrLate } from "./calm-or-late.ts";
import { IdleLatch } from "./idle-latch.ts";

const progressIntervalMs = 5_000;
/** How long an agent in its first turn may take to say that its session has started. */
const sessionLimitMs = 1_000;
/** How long a finished run lets the next one go first. */
const startLimitMs = 1_000;
/** Agents that were started together end together: after one start, more are to be expected for so long. */
const lullMs = 150;

export interface RunSupervisorPorts {
  readonly clock: Clock;
  readonly post: (event: OrchestratorEvent) => void;
  /** Resolves when all that was posted so far is durable and handed out. */
  readonly settled: () => Promise<void>;
  /** Reads the issue again between turns. */
  readonly reread: (issueId: string) => Promise<IssueReading>;
  /** What the agent of that run asks for. Off the decision path. */
  readonly performTool: (
    asked: { readonly issueId: string; readonly runId: string; readonly call: ToolCall },
    signal: AbortSignal,
  ) => Promise<AgentToolResult>;
  readonly onAgentEvent: (issueId: string, runId: string, event: AgentEvent) => void;
}

export type IssueReading = Extract<OrchestratorEvent, { type: "turn-ended" }>["issue"];

/**
 * Listens to live runs and tells the core what it needs to know: milestones at once, everything else folded into one
 * progress event per run every 5 s.
 */
export class RunSupervisor {
  readonly #ports: RunSupervisorPorts;
  readonly #live = new Map<string, LiveRun>();
  /** Runs whose agent is not at work yet. */
  readonly #preparing: IdleLatch;
  /** Issues that are being read again for a run that may start. */
  readonly #checking: IdleLatch;

  constructor(ports: RunSupervisorPorts) {
    this.#ports = ports;
    this.#preparing = new IdleLatch(ports.clock, lullMs);
    this.#checking = new IdleLatch(ports.clock, 0);
  }

  /** `starting`: its agent is not at work yet. A run that was found again is. */
  observe(issueId: string, runId: string, stage: "starting" | "found"): RunObserver {
    if (stage === "starting") this.#preparing.add(runId);
    const run: LiveRun = {
      issueId,
      runId,
      usage: null,
      spoolSeq: 0,
      lastEventAt: this.#ports.clock.now(),
      toldEventAt: stage === "found" ? Number.NEGATIVE_INFINITY : this.#ports.clock.now(),
      flushTimer: null,
      hasSession: false,
      startTimer: null,
      reply: null,
    };
    this.#live.set(runId, run);
    return {
      onEvent: (event) => this.#onEvent(run, event),
      onTurnEnded: (turn) => this.#onTurnEnded(run, turn),
      onToolCall: (call, signal) => this.#ports.performTool({ issueId, runId, call }, signal),
    };
  }

  /** A run is about to start, unless the issue is not what it was. To be disposed of when that is known. */
  check(): Disposable {
    const check = { [Symbol.dispose]: () => this.#checking.delete(check) };
    this.#checking.add(check);
    return check;
  }

  /** The run could not be started. */
  forget(runId: string): void {
    this.#live.delete(runId);
    this.#preparing.delete(runId);
  }

  /** The core's answer to a turn. An answer to a question that nobody asked (any more) is dropped. */
  reply(runId: string, turn: number, reply: TurnReply): void {
    const run = this.#live.get(runId);
    if (run?.reply?.turn === turn) run.reply.resolve(reply);
  }

  /** Resolves when no run is or was just being prepared: what can wait does not compete with what a slot waits for. */
  async calm(): Promise<void> {
    await this.#preparing.idle();
  }

  /** Resolves when none is being prepared, and no issue is read again for one. */
  async quiet(): Promise<void> {
    await this.#checking.idle();
    await this.calm();
  }

  /**
   * Tells what is folded so far of the runs that would else seem silent since `silentSince`: nothing may be judged by
   * its silence before it was heard. Of the others it is told when its 5 s are over.
   */
  flush(silentSince: number): void {
    for (const run of this.#live.values())
      if (run.flushTimer !== null && run.toldEventAt <= silentSince) this.#report(run);
  }

  /** Drops every run and timer; open questions are answered with the end. */
  close(): void {
    for (const run of this.#live.values()) {
      run.flushTimer?.[Symbol.dispose]();
      run.startTimer?.[Symbol.dispose]();
      run.reply?.resolve({ kind: "end", reason: "shutdown" });
    }
    this.#live.clear();
    this.#preparing.clear();
    this.#checking.clear();
  }

  #onEvent(run: LiveRun, event: RunEvent): void | Promise<void> {
    const { issueId, runId } = run;
    const at = this.#ports.clock.now();
    run.spoolSeq = event.spoolSeq;
    // When it was heard, by the clock that judges its silence: the runner's may be another one.
    run.lastEventAt = at;
    switch (event.type) {
      case "phase-changed":
        this.#notePhase(run, event.phase);
        this.#ports.post({ type: "run-phase-changed", at, issueId, runId, phase: event.phase });
        return event.phase === "finishing" ? this.#afterNextStarts() : undefined;
      case "workspace-prepared": {
        const { workspace, fingerprint } = event;
        this.#ports.post({
          type: "workspace-prepared",
          at,
          issueId,
          runId,
          workspace,
          fingerprint,
        });
        return;
      }
      case "agent-event":
        this.#onAgentEvent(run, event.event, at);
        return;
      case "ended":
        this.#finish(run);
        this.#ports.post({
          type: "run-ended",
          at,
          issueId,
          runId,
          ending: event.ending,
          usage: run.usage,
        });
        return;
    }
  }

  #onAgentEvent(run: LiveRun, event: AgentEvent, at: number): void {
    if (event.type === "session-started") {
      const { sessionId } = event;
      run.hasSession = true;
      if (run.startTimer !== null) this.#noteAtWork(run);
      this.#ports.post({
        type: "session-started",
        at,
        issueId: run.issueId,
        runId: run.runId,
        sessionId,
      });
    } else {
      if (event.type === "usage") run.usage = event.usage;
      this.#flushLater(run);
    }
    this.#ports.onAgentEvent(run.issueId, run.runId, event);
  }

  #flushLater(run: LiveRun): void {
    run.flushTimer ??= this.#ports.clock.setTimer(progressIntervalMs, () => this.#report(run));
  }

  #report(run: LiveRun): void {
    run.flushTimer?.[Symbol.dispose]();
    run.flushTimer = null;
    const { issueId, runId, spoolSeq, lastEventAt, usage } = run;
    run.toldEventAt = lastEventAt;
    const at = this.#ports.clock.now();
    this.#ports.post({ type: "run-progressed", at, issueId, runId, spoolSeq, lastEventAt, usage });
  }

  async #onTurnEnded(run: LiveRun, turn: TurnReport): Promise<TurnReply> {
    const issue = await this.#ports.reread(run.issueId);
    if (!this.#live.has(run.runId)) return { kind: "end", reason: "shutdown" };
    const { promise, resolve } = Promise.withResolvers<TurnReply>();
    run.reply = { turn: turn.turn, resolve };
    this.#ports.post({
      type: "turn-ended",
      at: this.#ports.clock.now(),
      issueId: run.issueId,
      runId: run.runId,
      turn,
      issue,
    });
    // A run that the core does not know (any more) gets no answer.
    await this.#ports.settled();
    resolve({ kind: "end", reason: "done" });
    return promise;
  }

  #notePhase(run: LiveRun, phase: RunPhase): void {
    if (phase === "running-turn" && !run.hasSession) {
      const { clock } = this.#ports;
      run.startTimer ??= clock.setTimer(sessionLimitMs, () => this.#noteAtWork(run));
    } else if (phase === "running-turn" || phase === "finishing") {
      this.#noteAtWork(run);
    }
  }

  #noteAtWork(run: LiveRun): void {
    run.startTimer?.[Symbol.dispose]();
    run.startTimer = null;
    this.#preparing.delete(run.runId);
  }

  /** The slot is free: what takes it goes before the last look at the workspace. */
  async #afterNextStarts(): Promise<void> {
    const { clock, settled } = this.#ports;
    const calm = async (): Promise<void> => {
      await settled();
      await this.quiet();
    };
    await calmOrLate({ clock, supervisor: { calm }, limitMs: startLimitMs });
  }

  #finish(run: LiveRun): void {
    this.#noteAtWork(run);
    run.flushTimer?.[Symbol.dispose]();
    run.flushTimer = null;
    run.reply?.resolve({ kind: "end", reason: "done" });
    this.#live.delete(run.runId);
  }
}

interface LiveRun {
  readonly issueId: string;
  readonly runId: string;
  usage: AgentUsage | null;
  spoolSeq: number;
  lastEventAt: number;
  /** As last reported, or before. */
  toldEventAt: number;
  flushTimer: Disposable | null;
  hasSession: boolean;
  /** Runs while the first turn has begun and the session is not there yet. */
  startTimer: Disposable | null;
  reply: { readonly turn: number; readonly resolve: (reply: TurnReply) => void } | null;
}
