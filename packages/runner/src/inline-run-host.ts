import {
  SignalboxError,
  type RunEvent,
  type RunHost,
  type RunObserver,
  type RunOrder,
  type RunRecovery,
  type StopReason,
  type WorkspaceErrorCode,
} from "@signalbox/contracts";
import { killStrays } from "@signalbox/process";
import { performFor } from "./perform-for.ts";
import { executeRun } from "./execute-run.ts";
import { RunInterruption } from "./run-interruption.ts";
import { runMarker } from "./run-marker.ts";
import type { RunPorts } from "./run-ports.ts";

export interface InlineRunHostOptions extends Omit<RunPorts, "killStrays" | "environment"> {
  /** Default: the one of `@signalbox/process`. */
  readonly killStrays?: RunPorts["killStrays"];
  /** Default: `process.env`. */
  readonly environment?: RunPorts["environment"];
}

interface LiveRun {
  readonly issueId: string;
  readonly interruption: RunInterruption;
  observer: RunObserver;
  ended: Promise<unknown>;
}

/** Runs agents in this process: nothing of a run outlives it. For tests, embedders, and `runner: inline`. */
export class InlineRunHost implements RunHost {
  readonly #ports: RunPorts;
  readonly #live = new Map<string, LiveRun>();
  #isClosed = false;

  constructor(options: InlineRunHostOptions) {
    this.#ports = { killStrays, environment: process.env, ...options };
  }

  /**
   * Rejects with `workspace_occupied` where another run works on the issue, and with `host_closed` after `close`.
   * A run is over, and its issue free for the next, when its `ended` event is given.
   */
  async start(order: RunOrder, observer: RunObserver): Promise<void> {
    if (this.#isClosed) {
      throw new SignalboxError(
        "host_closed",
        `Run ${order.runId} cannot start: the host is closed.`,
      );
    }
    const same = this.#live.get(order.runId);
    if (same !== undefined) {
      same.observer = observer;
      return;
    }
    this.#refuseSharedWorkspace(order);
    const interruption = new RunInterruption();
    const run: LiveRun = {
      issueId: order.issue.id,
      interruption,
      observer,
      ended: Promise.resolve(),
    };
    this.#live.set(order.runId, run);
    const observed: RunObserver = {
      onEvent: (event) => this.#pass(order.runId, run, event),
      onTurnEnded: (turn) => run.observer.onTurnEnded(turn),
      onToolCall: (call, signal) => performFor(run.observer, call, signal),
    };
    run.ended = executeRun(order, this.#ports, observed, interruption);
  }

  async stop(runId: string, reason: StopReason): Promise<void> {
    this.#live.get(runId)?.interruption.interrupt({ kind: "canceled", reason });
  }

  async recover({ runId }: RunRecovery, observer: RunObserver): Promise<"adopted" | "gone"> {
    const run = this.#live.get(runId);
    if (run !== undefined) {
      run.observer = observer;
      return "adopted";
    }
    await this.#ports.killStrays(runMarker(this.#ports.stateDir, runId));
    return "gone";
  }

  /** Resolves when every run has ended and its observer knows. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const runs = [...this.#live.values()];
    for (const { interruption } of runs) {
      interruption.interrupt({ kind: "canceled", reason: "shutdown" });
    }
    await Promise.all(runs.map(({ ended }) => ended));
  }

  #pass(runId: string, run: LiveRun, event: RunEvent): void | Promise<void> {
    if (event.type === "ended") this.#live.delete(runId);
    return run.observer.onEvent(event);
  }

  #refuseSharedWorkspace(order: RunOrder): void {
    for (const [runId, { issueId }] of this.#live) {
      if (issueId !== order.issue.id) continue;
      throw new SignalboxError<WorkspaceErrorCode>(
        "workspace_occupied",
        `Run ${order.runId} cannot start: ${runId} works on ${order.issue.identifier} still.`,
        { retryable: true, remedy: "Wait until that run has ended, or stop it." },
      );
    }
  }
}
