import type {
  Clock,
  Logger,
  RunHost,
  RunObserver,
  RunOrder,
  RunPhase,
  RunRecovery,
  StopReason,
} from "@signalbox/contracts";
import { killStrays } from "@signalbox/process";
import { removeSocket } from "../control/remove-socket.ts";
import { definedOnly, startEnvironment } from "../entry/runner-environment.ts";
import type { RunnerReply } from "../entry/runner-order.ts";
import { isRunning, type ProcessIdentity } from "../folder/process-identity.ts";
import { runFolder, type RunFolder } from "../folder/run-folder.ts";
import { readRunLock, takeRunLock, type RunLock } from "../folder/run-lock.ts";
import { writeOrder } from "../folder/write-order.ts";
import { performFor } from "../perform-for.ts";
import { runMarker } from "../run-marker.ts";
import { within } from "../within.ts";
import { hostClosed, refused, runRevoked } from "./host-error.ts";
import { RunFollower } from "./run-follower.ts";
import { SpareRunners } from "./spare-runners.ts";

/** For an adopted runner to learn which daemon is in charge, before recovery goes on without its answer. */
const greetLimitMs = 2_000;
/** For runs that were told to stop to say how they ended: a full disk, or what cannot be killed, keeps them from it. */
const stopLimitMs = 2 * 60_000;

export interface ProcessRunHostOptions {
  /** A module that calls `runRunner`, and then ends its process. */
  readonly runnerEntry: URL;
  /** For Node.js, before that module. */
  readonly nodeArguments?: readonly string[];
  /** For that module: what it may load ahead of its order. Visible to every process of this user. */
  readonly entryArguments?: readonly string[];
  /** Absolute; each run has a folder `runs/<run id>` below it. */
  readonly stateDir: string;
  readonly clock: Clock;
  /** Hears of runners, and what they log. */
  readonly logger: Logger;
  /** Of the runs, secrets included: it reaches a runner through its standard input. Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

interface KnownRun {
  observer: RunObserver;
  /** Rejects where the run could not be started. */
  readonly follower: Promise<RunFollower>;
}

/**
 * Gives each run a process of its own that outlives this one. Another host on the same state folder finds the runs
 * again; the one with the newest epoch is obeyed.
 */
export class ProcessRunHost implements RunHost {
  readonly #options: ProcessRunHostOptions;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #spares: SpareRunners;
  readonly #runs = new Map<string, KnownRun>();
  /** Runs whose agent is not at work yet. */
  readonly #preparing = new Set<string>();
  #isClosed = false;

  constructor(options: ProcessRunHostOptions) {
    this.#options = options;
    this.#environment = definedOnly(options.environment ?? process.env);
    const launch = {
      entry: options.runnerEntry,
      nodeArguments: options.nodeArguments ?? [],
      entryArguments: options.entryArguments ?? [],
      environment: startEnvironment(this.#environment),
      cwd: "/",
    };
    this.#spares = new SpareRunners(launch, options.clock);
  }

  /** Starts a runner ahead of the first order. Later ones are started whenever no run is being prepared. */
  warm(): void {
    this.#spares.warm();
  }

  /**
   * Rejects with `host_closed` after `close`, with `workspace_occupied` where another run works in the workspace, with
   * `run_taken` where the run was given up, and with `runner_died` or `runner_silent` where no process could be had.
   */
  async start(order: RunOrder, observer: RunObserver): Promise<void> {
    const { runId } = order;
    if (this.#isClosed) throw hostClosed(runId);
    const same = this.#runs.get(runId);
    if (same !== undefined) {
      await attach(same, observer);
      return;
    }
    this.#preparing.add(runId);
    await this.#know(runId, observer, (passing) => this.#startOrFind(order, passing));
  }

  async stop(runId: string, reason: StopReason): Promise<void> {
    const run = this.#runs.get(runId);
    if (run === undefined) return;
    const [started] = await Promise.allSettled([run.follower]);
    // One that could not be started has nothing to be stopped; `start` says why.
    if (started.status === "fulfilled") await started.value.stop(reason);
  }

  /** Rejects with `host_closed` after `close`, and with `process_survived` where a dead run's agent cannot be killed. */
  async recover(
    recovery: RunRecovery,
    observer: RunObserver,
  ): Promise<"adopted" | "ended" | "gone"> {
    const { runId } = recovery;
    if (this.#isClosed) throw hostClosed(runId);
    const known = this.#runs.get(runId);
    if (known !== undefined) {
      await attach(known, observer);
      return "adopted";
    }
    const folder = this.#folder(runId);
    // From here on no runner can begin it, however late its order arrives.
    const lock = takeRunLock(folder, { kind: "revoked" });
    if (lock === null || lock.kind === "revoked") {
      await killStrays(runMarker(this.#options.stateDir, runId));
      return "gone";
    }
    const isAlive = ownerAlive(lock) !== null;
    const follower = await this.#know(runId, observer, async (passing) =>
      this.#follow(folder, lock, recovery, passing),
    );
    await within(this.#options.clock, greetLimitMs, () => follower.taken());
    return isAlive ? "adopted" : "ended";
  }

  /** A run that was told to stop and is not over after 2 minutes is left to the next host. */
  async close(runs: "leave" | "stop"): Promise<void> {
    this.#isClosed = true;
    this.#spares.close();
    const known = [...this.#runs.values()].map(({ follower }) => follower);
    const started = await Promise.allSettled(known);
    await Promise.all(
      started.map(async (result) => {
        if (result.status === "rejected") return;
        if (runs === "stop") await this.#stopInTime(result.value);
        await result.value.detach();
      }),
    );
    this.#runs.clear();
  }

  async #stopInTime(run: RunFollower): Promise<void> {
    const stopping = async (): Promise<void> => {
      await run.stop("shutdown");
      await run.done;
    };
    await within(this.#options.clock, stopLimitMs, stopping);
  }

  async #know(
    runId: string,
    observer: RunObserver,
    begin: (passing: RunObserver) => Promise<RunFollower>,
  ): Promise<RunFollower> {
    const passing: RunObserver = {
      onEvent: (event) => {
        if (event.type === "phase-changed") this.#notePhase(runId, event.phase);
        return run.observer.onEvent(event);
      },
      onTurnEnded: (turn) => run.observer.onTurnEnded(turn),
      onToolCall: (call, signal) => performFor(run.observer, call, signal),
    };
    const run: KnownRun = { observer, follower: begin(passing) };
    this.#runs.set(runId, run);
    try {
      return await run.follower;
    } catch (error) {
      this.#forget(runId);
      throw error;
    }
  }

  /** A run that an earlier daemon has started with the same order is found, not started again. */
  async #startOrFind(order: RunOrder, observer: RunObserver): Promise<RunFollower> {
    const { runId, epoch } = order;
    const folder = this.#folder(runId);
    const found = readRunLock(folder);
    const recovery: RunRecovery = { runId, epoch, afterSpoolSeq: 0 };
    if (found !== null) return this.#follow(folder, found, recovery, observer);
    writeOrder(folder, order);
    let reply: RunnerReply;
    try {
      const { stateDir, clock } = this.#options;
      const environment = this.#environment;
      reply = await this.#spares.take().give({ stateDir, order, environment }, clock);
    } catch (error) {
      // It may have begun all the same: what it has left is ended, and the run is lost.
      const begun = readRunLock(folder);
      if (begun !== null) return this.#follow(folder, begun, recovery, observer);
      throw error;
    }
    if (reply.type === "refused") {
      const faster = reply.code === "run_taken" ? readRunLock(folder) : null;
      if (faster !== null) return this.#follow(folder, faster, recovery, observer);
      throw refused(reply);
    }
    const { owner, socket } = reply;
    return this.#follow(folder, { kind: "runner", owner, socket }, recovery, observer);
  }

  #follow(
    folder: RunFolder,
    lock: RunLock,
    { runId, epoch, afterSpoolSeq }: RunRecovery,
    observer: RunObserver,
  ): RunFollower {
    if (lock.kind === "revoked") throw runRevoked(runId);
    const { clock, logger, stateDir } = this.#options;
    const alive = ownerAlive(lock);
    return new RunFollower({
      folder,
      epoch,
      afterSpoolSeq,
      owner: alive?.owner ?? null,
      socket: alive?.socket ?? "",
      clock,
      logger,
      killStrays: async () => {
        await killStrays(runMarker(stateDir, runId));
        if (lock.kind === "runner") await removeSocket(lock.socket);
      },
      observer,
      onOver: () => this.#forget(runId),
    });
  }

  #folder(runId: string): RunFolder {
    return runFolder(this.#options.stateDir, runId);
  }

  #notePhase(runId: string, phase: RunPhase): void {
    if (phase === "running-turn" || phase === "finishing") this.#isUnderWay(runId);
  }

  #forget(runId: string): void {
    this.#runs.delete(runId);
    this.#isUnderWay(runId);
  }

  /** What can wait does not compete with what a slot waits for. */
  #isUnderWay(runId: string): void {
    this.#preparing.delete(runId);
    if (this.#preparing.size === 0) this.#spares.warm();
  }
}

async function attach(run: KnownRun, observer: RunObserver): Promise<void> {
  run.observer = observer;
  await run.follower;
}

function ownerAlive(
  lock: Exclude<RunLock, { kind: "revoked" }>,
): { readonly owner: ProcessIdentity; readonly socket: string } | null {
  return lock.kind === "runner" && isRunning(lock.owner) ? lock : null;
}
