import {
  SignalboxError,
  type RunHost,
  type RunObserver,
  type RunOrder,
  type RunRecovery,
  type StopReason,
} from "@signalbox/contracts";
import type { DaemonLife, Latency, Reply } from "./daemon-life.ts";
import { SimulatedRun } from "./simulated-run.ts";
import type { World } from "./world.ts";

const latency: Latency = [1, 40];
/** After how long the daemon asks again for a run that could not be judged. */
const recoverAgainMs = 30_000;
/** What has been seen of starts on a machine that is short of everything. */
const longestStartMs = 20_000;

const startTroubles = ["run not started", "run started late"] as const;

/** The runs as processes of the machine: they outlive every daemon. */
export class RunWorld {
  readonly runs: Map<string, SimulatedRun> = new Map();
  /** Told of each run that takes long to start, and how long. */
  onLateStart: (issueId: string, lateMs: number) => void = () => undefined;
  readonly #live = new Set<SimulatedRun>();
  /** By run: the daemon that has judged it; older ones cannot start it any more. */
  readonly #fences = new Map<string, number>();

  get live(): readonly SimulatedRun[] {
    for (const run of this.#live) if (!run.isLive) this.#live.delete(run);
    return [...this.#live];
  }

  /** The run that works on this issue and in its workspace. */
  liveIn(issueId: string): SimulatedRun | null {
    return this.live.find((run) => run.issueId === issueId) ?? null;
  }

  start(world: World, order: RunOrder): SimulatedRun {
    const known = this.runs.get(order.runId);
    if (known !== undefined) return known;
    return this.spawn(world, order);
  }

  /** Another process, whatever there is already. */
  spawn(world: World, order: RunOrder): SimulatedRun {
    const run = new SimulatedRun(world, order);
    world.auditor.onAgentStart(run, this.live);
    this.runs.set(order.runId, run);
    this.#live.add(run);
    run.begin();
    return run;
  }

  isFenced(runId: string, epoch: number): boolean {
    return epoch < (this.#fences.get(runId) ?? 0);
  }

  fence(runId: string, epoch: number): void {
    this.#fences.set(runId, Math.max(epoch, this.#fences.get(runId) ?? 0));
  }
}

/** The `RunHost` port of one daemon. */
export class SimulatedRunHost implements RunHost {
  readonly #life: DaemonLife;
  readonly #world: World;
  readonly #own = new Map<string, SimulatedRun>();
  /** Runs whose start is under way, and the stop that came meanwhile. */
  readonly #starting = new Map<string, StopReason | null>();

  constructor(life: DaemonLife, world: World) {
    this.#life = life;
    this.#world = world;
  }

  start(order: RunOrder, observer: RunObserver): Promise<void> {
    const { runs, faults, scheduler } = this.#world;
    const { runId, issue } = order;
    this.#starting.set(runId, null);
    return this.#life.call("start", runId, latency, (reply) => {
      if (!faults.strikes("host")) return this.#begin(order, observer, reply);
      if (faults.pick(startTroubles) === "run not started") {
        this.#starting.delete(runId);
        const noProcess = "no process could be had";
        return reply.reject(new SignalboxError("process_spawn", noProcess, { retryable: true }));
      }
      const lateMs = faults.random.between(100, longestStartMs);
      scheduler.schedule(lateMs, "start late", runId, () => this.#begin(order, observer, reply));
      runs.onLateStart(issue.id, lateMs);
    });
  }

  stop(runId: string, reason: StopReason): Promise<void> {
    return this.#life.call("stop", `${runId} ${reason}`, latency, ({ resolve }) => {
      const run = this.#own.get(runId);
      if (this.#starting.has(runId)) this.#starting.set(runId, this.#starting.get(runId) ?? reason);
      else if (run?.obeys(this.#life.epoch) === true) run.stop(reason);
      resolve(undefined);
    });
  }

  recover(recovery: RunRecovery, observer: RunObserver): Promise<"adopted" | "gone"> {
    const { runId, epoch, afterSpoolSeq } = recovery;
    const { runs, faults, auditor } = this.#world;
    return this.#life.call("recover", runId, latency, ({ resolve, reject }) => {
      if (faults.strikes("host")) {
        faults.count("run not judged");
        auditor.stops.excuse(runId, recoverAgainMs);
        reject(
          new SignalboxError("run_not_judged", `${runId} cannot be judged`, { retryable: true }),
        );
        return;
      }
      runs.fence(runId, epoch);
      const run = runs.runs.get(runId);
      if (run === undefined || (run.runner === "dead" && run.outcome === null)) {
        run?.fence(epoch);
        run?.kill();
        resolve("gone");
        return;
      }
      this.#own.set(runId, run);
      run.attach(this.#life, observer, epoch, afterSpoolSeq);
      resolve("adopted");
    });
  }

  #begin(order: RunOrder, observer: RunObserver, { resolve, reject }: Reply<void>): void {
    const { runs, auditor } = this.#world;
    const { runId, epoch } = order;
    const stop = this.#starting.get(runId) ?? null;
    this.#starting.delete(runId);
    if (runs.isFenced(runId, epoch)) {
      reject(new SignalboxError("run_fenced", `${runId} belongs to a newer daemon`));
      return;
    }
    const run = runs.start(this.#world, order);
    this.#own.set(runId, run);
    run.attach(this.#life, observer, epoch, 0);
    // Before it is there, nothing can be stopped.
    auditor.stops.excuse(runId, 0);
    if (stop !== null && run.obeys(epoch)) run.stop(stop);
    resolve(undefined);
  }

  close(how: "leave" | "stop"): Promise<void> {
    const { scheduler } = this.#world;
    return this.#life.call("close", how, latency, ({ resolve }) => {
      const close = (): void => {
        if (this.#life.status === "dead") return;
        const own = [...this.#own.values()].filter((run) => run.obeys(this.#life.epoch));
        if (how === "stop") for (const run of own) run.stop("shutdown");
        const isDone = how === "leave" || own.every((run) => run.runner !== "alive");
        if (this.#starting.size > 0 || !isDone) {
          scheduler.schedule(100, "closing", this.#life.name, close);
          return;
        }
        if (how === "leave") for (const run of own) run.detach(this.#life);
        resolve(undefined);
      };
      close();
    });
  }
}
