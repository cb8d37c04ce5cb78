import { SignalboxError, type JournalEntry } from "@signalbox/contracts";
import { createEmptyState, evolveAll, hashState, type OrchestratorState } from "@signalbox/core";
import { decidedIn, Orchestrator, type OrchestratorPorts } from "@signalbox/orchestrator";
import { createSimulatedConfig } from "./config-world.ts";
import { DaemonLife } from "./daemon-life.ts";
import { createSimulatedDelivery } from "./delivery-world.ts";
import type { Random } from "./random.ts";
import { SimulatedRunHost } from "./run-world.ts";
import { createSimulatedJournal } from "./simulated-journal.ts";
import { createSimulatedTracker } from "./simulated-tracker.ts";
import type { World } from "./world.ts";
import { createSimulatedWorkspaces } from "./workspace-world.ts";

const mostThroughJson = 2_000;

/** Changes the ports of a daemon: how a test plants a bug. */
export type AlterPorts = (
  ports: OrchestratorPorts,
  world: World,
  life: DaemonLife,
) => OrchestratorPorts;

export interface Daemon {
  readonly life: DaemonLife;
  readonly orchestrator: Orchestrator;
  isStarted: boolean;
}

/** The daemons, one after the other, and sometimes one beside another that does not know yet that it is over. */
export class Daemons {
  readonly #world: World;
  readonly #random: Random;
  readonly #alter: AlterPorts;
  readonly #trackerStyle: "changes" | "lists";
  #current: Daemon | null = null;
  readonly #frozen = new Set<Daemon>();
  #count = 0;
  #startsAt: number | null = null;
  #last: DaemonLife | null = null;
  /** What the journal says, folded as far as it was compared. */
  #replayed: OrchestratorState = createEmptyState();
  #replayedVersion = 0;

  constructor(
    world: World,
    random: Random,
    trackerStyle: "changes" | "lists",
    alter: AlterPorts = (ports) => ports,
  ) {
    this.#world = world;
    this.#random = random;
    this.#trackerStyle = trackerStyle;
    this.#alter = alter;
  }

  /** The one that counts, once it has started. */
  get current(): Daemon | null {
    return this.#current?.isStarted === true ? this.#current : null;
  }

  start(afterMs: number): void {
    const { scheduler } = this.#world;
    const at = scheduler.now + afterMs;
    this.#startsAt = at;
    scheduler.schedule(afterMs, "daemon starts", "", () => {
      if (this.#startsAt !== at) return false;
      this.#startsAt = null;
      return this.#begin();
    });
  }

  /** To be called between two steps. */
  kill(): void {
    const daemon = this.#current;
    if (daemon === null) return;
    this.#world.faults.count("daemon killed");
    this.#bury(daemon);
    this.start(this.#random.wait(20_000));
  }

  /** It stands still, another one takes over, and then it wakes up. */
  freeze(): void {
    const daemon = this.#current;
    if (daemon === null || !daemon.isStarted) return;
    const { scheduler, faults } = this.#world;
    faults.count("daemon stopped, another one took over");
    this.compareReplay(daemon);
    daemon.life.freeze();
    this.#frozen.add(daemon);
    this.#current = null;
    this.start(this.#random.wait(10_000));
    scheduler.schedule(
      this.#random.between(5_000, 600_000),
      "daemon wakes",
      daemon.life.name,
      () => {
        this.#frozen.delete(daemon);
        daemon.life.thaw();
      },
    );
  }

  /** Ended in order and started again, as for an upgrade. One that does not end is killed after two minutes. */
  restart(leave: boolean): void {
    const daemon = this.current;
    if (daemon === null) return;
    const { scheduler, faults } = this.#world;
    faults.count(leave ? "daemon upgraded" : "daemon restarted");
    const over = (): void => {
      if (this.#current !== daemon) return;
      this.#bury(daemon);
      this.start(this.#random.wait(2_000));
    };
    scheduler.schedule(0, "daemon is ended", daemon.life.name, () =>
      daemon.life.enter(() => {
        daemon.life.serve(false);
        void daemon.orchestrator.stop({ leave }).then(over, over);
      }),
    );
    scheduler.schedule(120_000, "daemon must be over", daemon.life.name, over);
  }

  /** Nothing goes wrong any more: those that stand still are gone, and one runs. */
  calm(): void {
    for (const daemon of this.#frozen) daemon.life.kill();
    this.#frozen.clear();
    if (this.#current === null && this.#startsAt === null) this.start(1_000);
  }

  /** The journal alone gives the state that this daemon has. */
  compareReplay({ life, orchestrator, isStarted }: Daemon): void {
    const { disk, auditor } = this.#world;
    if (!isStarted || life.ackedVersion < this.#replayedVersion) return;
    if (disk.entries.length < life.ackedVersion)
      auditor.report(
        "acknowledged-entry-lost",
        `${life.ackedVersion} entries were acknowledged, ${disk.entries.length} are there`,
      );
    let state = this.#replayed;
    for (const entry of disk.entries.slice(this.#replayedVersion, life.ackedVersion)) {
      // Through JSON as on a real disk, where there is not too much of it.
      const isSampled = entry.seq <= mostThroughJson || entry.seq % 16 === 0;
      state = evolveAll(state, decidedIn(isSampled ? jsonCopy(entry) : entry));
    }
    this.#replayed = state;
    this.#replayedVersion = life.ackedVersion;
    const [live, replayed] = [hashState(orchestrator.state), hashState(state)];
    if (live !== replayed)
      auditor.report(
        "replay",
        `${life.name} has state ${live}, entries 1 to ${life.ackedVersion} give ${replayed}`,
      );
  }

  #begin(): boolean {
    if (this.#current !== null) return false;
    this.#count += 1;
    const { scheduler, latencyRandom, config } = this.#world;
    const life = new DaemonLife(`daemon-${this.#count}`, scheduler, latencyRandom);
    life.clockSkewMs = this.#random.chance(0.9) ? 0 : this.#random.between(-2_000, 2_000);
    // The clock that had jumped was set right.
    if (Math.abs(this.#last?.clockSkewMs ?? 0) > 2_000) this.#world.tracker.dropUnderWay();
    this.#last = life;
    const ports = this.#alter(this.#portsOf(life), this.#world, life);
    const orchestrator = new Orchestrator(config.current, ports);
    const daemon: Daemon = { life, orchestrator, isStarted: false };
    this.#current = daemon;
    return life.enter(() => void this.#await(daemon));
  }

  async #await(daemon: Daemon): Promise<void> {
    try {
      await daemon.orchestrator.start();
      daemon.isStarted = true;
      daemon.life.serve(true);
    } catch (error) {
      if (this.#current !== daemon) return;
      const { name } = daemon.life;
      const isExpected = SignalboxError.isInstance(error) && error.code.startsWith("journal_");
      if (!isExpected) this.#world.auditor.report("broken", `${name}: ${String(error)}`);
      this.#bury(daemon);
      this.start(this.#random.wait(10_000));
    }
  }

  #portsOf(life: DaemonLife): OrchestratorPorts {
    const world = this.#world;
    const { scheduler } = world;
    return {
      clock: {
        now: () => scheduler.now + life.clockSkewMs,
        setTimer: (delayMs, callback) => life.setTimer(delayMs, callback),
        yield: () => life.yield(),
      },
      config: createSimulatedConfig(life, world),
      tracker: createSimulatedTracker(life, world, this.#trackerStyle),
      trackerDefaults: world.config.defaults,
      runHost: new SimulatedRunHost(life, world),
      workspaces: createSimulatedWorkspaces(life, world),
      delivery: createSimulatedDelivery(life, world),
      journal: createSimulatedJournal(life, world),
      resources: { freeMemoryMb: () => world.memory.freeMb },
      logger: {
        log: (level, message) => {
          if (level === "error") world.trace.note(scheduler.now, "log", message);
        },
      },
      owner: { pid: this.#count, host: "simulated", since: scheduler.now },
    };
  }

  #bury(daemon: Daemon): void {
    this.compareReplay(daemon);
    daemon.life.kill();
    if (this.#current === daemon) this.#current = null;
  }
}

function jsonCopy(entry: JournalEntry): JournalEntry {
  return { ...entry, data: JSON.parse(JSON.stringify(entry.data)) };
}
