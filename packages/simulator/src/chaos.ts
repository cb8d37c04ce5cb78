import type { Daemons } from "./daemons.ts";
import type { FaultName } from "./fault-plan.ts";
import type { People } from "./people.ts";
import type { Random } from "./random.ts";
import type { World } from "./world.ts";

const hourMs = 3_600_000;
const longestTroubleMs = 600_000;
const crashWithinSteps = 60;

/** Makes what is rare happen at its rate, until the faults are over. */
export class Chaos {
  readonly #world: World;
  readonly #random: Random;
  readonly #daemons: Daemons;
  readonly #people: People;
  #crashAtStep: number | null = null;

  constructor(world: World, random: Random, daemons: Daemons, people: People) {
    this.#world = world;
    this.#random = random;
    this.#daemons = daemons;
    this.#people = people;
  }

  begin(): void {
    this.#repeat("crashes", () => {
      this.#crashAtStep = this.#world.trace.count + this.#random.below(crashWithinSteps);
    });
    this.#repeat("freezes", () => this.#daemons.freeze());
    this.#repeat("restarts", () => this.#daemons.restart(this.#random.chance(0.5)));
    this.#repeat("clockJumps", () => this.#jumpClock());
    this.#repeat("fullDisks", () => this.#fillDisk());
    this.#repeat("lowMemory", () => this.#takeMemory());
    this.#repeat("reloads", () => this.#world.faults.count(this.#world.config.save(this.#random)));
    this.#repeat("edits", () => this.#people.edit());
    this.#repeat("orders", () => this.#people.order(this.#daemons));
    this.#world.runs.onLateStart = (issueId, lateMs) => this.#onLateStart(issueId, lateMs);
  }

  /** To be called after every step: a crash may fall between any two. */
  afterStep(): void {
    if (this.#crashAtStep === null || this.#world.trace.count < this.#crashAtStep) return;
    this.#crashAtStep = null;
    this.#daemons.kill();
    this.#killRunners();
  }

  /** What kills a daemon does not always spare the rest of the machine. */
  #killRunners(): void {
    const { runs, faults } = this.#world;
    if (!this.#random.chance(0.3)) return;
    for (const run of runs.live) {
      if (!this.#random.chance(0.5)) continue;
      faults.count("runner killed with the daemon");
      run.die(this.#random.chance(0.5));
    }
  }

  /** Everything is as it should be from here on. */
  end(): void {
    const { faults, disk, memory, config } = this.#world;
    faults.end();
    this.#crashAtStep = null;
    disk.isFull = false;
    memory.freeMb = null;
    if (config.current !== config.original || config.error !== null) config.restore();
    this.#daemons.calm();
  }

  #repeat(name: FaultName, act: () => void): void {
    const { scheduler, faults } = this.#world;
    const rate = faults.plan[name];
    if (rate <= 0) return;
    scheduler.schedule(this.#random.wait(hourMs / rate), name, "", () => {
      if (faults.isOver) return;
      act();
      this.#repeat(name, act);
    });
  }

  /** What is asked of a run that is not there yet is forgotten most easily. */
  #onLateStart(issueId: string, lateMs: number): void {
    if (this.#world.faults.plan.orders === 0) return;
    this.#people.stop(this.#daemons, issueId, this.#random.below(lateMs));
  }

  #jumpClock(): void {
    const daemon = this.#daemons.current;
    if (daemon === null) return;
    this.#world.faults.count("clock jumped");
    daemon.life.clockSkewMs = this.#random.between(-hourMs, hourMs);
    this.#world.tracker.dropUnderWay();
  }

  #fillDisk(): void {
    const { scheduler, faults, disk } = this.#world;
    faults.count("disk full");
    disk.isFull = true;
    scheduler.schedule(this.#random.below(longestTroubleMs), "disk has space", "", () => {
      disk.isFull = false;
    });
  }

  #takeMemory(): void {
    const { scheduler, faults, memory } = this.#world;
    faults.count("memory low");
    memory.freeMb = 1;
    scheduler.schedule(this.#random.below(longestTroubleMs), "memory free", "", () => {
      memory.freeMb = null;
    });
  }
}
