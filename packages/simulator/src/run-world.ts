import {
  SignalboxError,
  type RunHost,
  type RunObserver,
  type RunOrder,
  type RunRecovery,
  type StopReason,
} from "@signalbox/contracts";
import type { DaemonLife, Latency } from "./daemon-life.ts";
import { SimulatedRun } from "./simulated-run.ts";
import type { World } from "./world.ts";

const latency: Latency = [1, 40];

/** The runs as processes of the machine: they outlive every daemon. */
export class RunWorld {
  readonly runs: Map<string, SimulatedRun> = new Map();
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

  constructor(life: DaemonLife, world: World) {
    this.#life = life;
    this.#world = world;
  }

  start(order: RunOrder, observer: RunObserver): Promise<void> {
    const { runs, faults } = this.#world;
    return this.#life.call("start", order.runId, latency, ({ resolve, reject }) => {
      if (runs.isFenced(order.runId, order.epoch)) {
        reject(new SignalboxError("run_fenced", `${order.runId} belongs to a newer daemon`));
        return;
      }
      if (faults.strikes("host")) {
        faults.count("run not started");
        reject(new SignalboxError("process_spawn", "no process could be had", { retryable: true }));
        return;
      }
      const run = runs.start(this.#world, order);
      this.#own.set(order.runId, run);
      run.attach(this.#life, observer, order.epoch, 0);
      resolve(undefined);
    });
  }

  stop(runId: string, reason: StopReason): Promise<void> {
    return this.#life.call("stop", `${runId} ${reason}`, latency, ({ resolve }) => {
      const run = this.#own.get(runId);
      if (run?.obeys(this.#life.epoch) === true) run.stop(reason);
      resolve(undefined);
    });
  }

  recover(recovery: RunRecovery, observer: RunObserver): Promise<"adopted" | "gone"> {
    const { runId, epoch, afterSpoolSeq } = recovery;
    const { runs, faults } = this.#world;
    return this.#life.call("recover", runId, latency, ({ resolve, reject }) => {
      if (faults.strikes("host")) {
        faults.count("run not judged");
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

  close(how: "leave" | "stop"): Promise<void> {
    return this.#life.call("close", how, latency, ({ resolve }) => {
      const own = [...this.#own.values()].filter((run) => run.obeys(this.#life.epoch));
      if (how === "leave") {
        for (const run of own) run.detach(this.#life);
        resolve(undefined);
        return;
      }
      for (const run of own) run.stop("shutdown");
      const wait = (): void => {
        if (own.every((run) => run.runner !== "alive")) resolve(undefined);
        else this.#world.scheduler.schedule(100, "stopping", this.#life.name, wait);
      };
      wait();
    });
  }
}
