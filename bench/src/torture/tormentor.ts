import { setTimeout as sleep } from "node:timers/promises";
import type { Keeper } from "./keeper.ts";
import { told } from "./observer.ts";
import type { SeenProcess } from "./process-reader.ts";
import type { Scene } from "./scene.ts";
import type { Seeded } from "./seeded.ts";
import { setTrap, type TrapName } from "./trap.ts";
import type { VictimKind, Victims } from "./victims.ts";
import type { Violations } from "./violations.ts";

export type Deed = "kill" | "trap" | "pause" | "second-daemon" | "overtake" | "terminate";

const deeds: Readonly<Record<Deed, number>> = {
  kill: 52,
  trap: 30,
  pause: 10,
  "second-daemon": 3,
  overtake: 3,
  terminate: 2,
};
const killed: Readonly<Record<VictimKind, number>> = {
  daemon: 18,
  runner: 26,
  agent: 32,
  git: 8,
  "spare runner": 8,
  everything: 3,
  "daemon and runner": 4,
  "git at the checkout": 1,
};
const trapped: Readonly<Record<TrapName, number>> = {
  "mirror-made": 0,
  "mirror-fetched": 6,
  "worktree-made": 6,
  "checkout-moved": 14,
  "roadmap-locked": 4,
  "roadmap-written": 8,
  "roadmap-replaced": 5,
  "run-begun": 6,
  "agent-ended": 6,
};
const trapVictims: Readonly<Record<TrapName, readonly VictimKind[]>> = {
  "mirror-made": ["daemon", "git", "runner", "everything"],
  "mirror-fetched": ["git", "runner", "everything"],
  "worktree-made": ["git", "runner", "everything", "daemon and runner"],
  "checkout-moved": ["git at the checkout", "git at the checkout", "daemon", "everything"],
  "roadmap-locked": ["daemon"],
  "roadmap-written": ["daemon"],
  "roadmap-replaced": ["daemon", "daemon and runner"],
  "run-begun": ["daemon", "runner", "daemon and runner"],
  "agent-ended": ["runner", "daemon", "daemon and runner", "everything"],
};
const pausable: Readonly<Record<"daemon" | "runner" | "agent", number>> = {
  daemon: 4,
  runner: 4,
  agent: 2,
};
/** How often what is done; all as weights. */
export interface TormentPlan {
  readonly deeds: Readonly<Partial<Record<Deed, number>>>;
  readonly killed: Readonly<Partial<Record<VictimKind, number>>>;
  readonly trapped: Readonly<Partial<Record<TrapName, number>>>;
  /** Between two deeds, in milliseconds. */
  readonly calmMs: readonly [number, number];
  /** Each deed waits until one more agent is at work. */
  readonly isPatient: boolean;
}

export const everyTorment: TormentPlan = {
  deeds,
  killed,
  trapped,
  calmMs: [30, 350],
  isPatient: false,
};
const agentLimitMs = 20_000;
const lookMs = 100;
/** Until one is drawn of whom there is any at the moment. */
const maxDraws = 3;
const trapLimitMs = 3_000;
const startLimitMs = 20_000;
const mirrorKills = 4;
const refusalLimitMs = 60_000;

/** Kills, stops and continues what works, at random and at the worst moments; daemons are started again. */
export class Tormentor {
  readonly #plan: TormentPlan;
  readonly #scene: Scene;
  readonly #keeper: Keeper;
  readonly #victims: Victims;
  readonly #random: Seeded;
  readonly #violations: Violations;
  /** Whether there is nothing more to find out. */
  readonly #isEnough: () => boolean;
  readonly #asides: Promise<void>[] = [];
  /** Whether the daemon has not begun to work yet, and is to be left alone until then. */
  #isSpared = false;
  readonly kills = new Map<string, number>();
  readonly sprung = new Map<TrapName, number>();
  /** Processes that were killed, one by one. */
  deaths = 0;
  pauses = 0;
  refusals = 0;

  constructor(
    scene: Scene,
    keeper: Keeper,
    victims: Victims,
    random: Seeded,
    violations: Violations,
    plan: TormentPlan,
    isEnough: () => boolean,
  ) {
    this.#plan = plan;
    this.#isEnough = isEnough;
    this.#scene = scene;
    this.#keeper = keeper;
    this.#victims = victims;
    this.#random = random;
    this.#violations = violations;
  }

  async torment(untilMs: number): Promise<void> {
    await this.#killMirrors();
    while (performance.now() < untilMs && !this.#isEnough()) {
      await this.#ensureDaemon();
      if (this.#plan.isPatient) await this.#awaitAgent();
      await sleep(this.#random.between(...this.#plan.calmMs));
      this.#do(this.#random.weighted(this.#plan.deeds));
    }
    await Promise.all(this.#asides);
  }

  async #awaitAgent(): Promise<void> {
    const agents = (): readonly number[] =>
      this.#victims.find("everything").flatMap(({ kind, pid }) => (kind === "agent" ? [pid] : []));
    const known = new Set(agents());
    const untilMs = performance.now() + agentLimitMs;
    while (performance.now() < untilMs && agents().every((pid) => known.has(pid))) {
      await sleep(lookMs);
    }
  }

  /** The mirror is made once: the first daemons die of it. */
  async #killMirrors(): Promise<void> {
    for (let kill = 0; kill < mirrorKills; kill += 1) {
      if (this.#keeper.living.length === 0) this.#keeper.start();
      await this.#trap("mirror-made");
    }
  }

  async #ensureDaemon(): Promise<void> {
    if (this.#keeper.living.length > 0) return;
    if (this.#random.chance(0.4)) await sleep(this.#random.between(50, 2_500));
    const { ready } = this.#keeper.start();
    // Most get to work; the others may die before.
    if (this.#random.chance(0.3)) return;
    this.#asides.push(this.#spareUntil(ready));
  }

  async #spareUntil(ready: Promise<void>): Promise<void> {
    this.#isSpared = true;
    await Promise.race([ready, sleep(startLimitMs)]);
    this.#isSpared = false;
  }

  #do(deed: Deed): void {
    switch (deed) {
      case "kill":
        for (let draw = 0; draw < maxDraws; draw += 1) {
          const kind = this.#random.weighted(this.#plan.killed);
          if (this.#kill(kind, kind) > 0) return;
        }
        return;
      case "trap":
        this.#asides.push(this.#trap(this.#random.weighted(this.#plan.trapped)));
        return;
      case "pause":
        this.#asides.push(this.#pause());
        return;
      case "second-daemon":
        this.#asides.push(this.#startSecond());
        return;
      case "overtake":
        this.#asides.push(this.#overtake());
        return;
      case "terminate":
        if (!this.#isSpared) this.#keeper.living[0]?.child.kill("SIGTERM");
        return;
    }
  }

  #kill(kind: VictimKind, label: string): number {
    if (this.#isSpared && /daemon|everything/.test(kind)) return 0;
    const victims = this.#victims.find(kind);
    for (const victim of victims) signal(victim, "SIGKILL");
    if (victims.length > 0) this.kills.set(label, (this.kills.get(label) ?? 0) + 1);
    this.deaths += victims.length;
    return victims.length;
  }

  async #trap(name: TrapName): Promise<void> {
    const victim = this.#random.pick(trapVictims[name]) ?? "daemon";
    const { promise, resolve } = Promise.withResolvers<void>();
    using trap = setTrap(name, this.#scene, this.#random.next(), () => {
      const deaths = this.#kill(victim, `${victim}, ${name}`);
      if (deaths > 0) this.sprung.set(name, (this.sprung.get(name) ?? 0) + 1);
      resolve();
    });
    if (trap === null) return;
    await Promise.race([promise, sleep(trapLimitMs)]);
  }

  async #pause(): Promise<void> {
    const [victim] = this.#victims.find(this.#random.weighted(pausable));
    if (victim === undefined) return;
    const ms = this.#random.between(100, 5_000);
    this.pauses += 1;
    signal(victim, "SIGSTOP");
    await sleep(ms);
    signal(victim, "SIGCONT");
  }

  /** It is refused, as long as the first one lives; else it is the first one from now on. */
  async #startSecond(): Promise<void> {
    const [first] = this.#keeper.living;
    if (first === undefined) return;
    const second = this.#keeper.start();
    const code = await Promise.race([second.exited, sleep(refusalLimitMs, "in time" as const)]);
    if (code === "in time") {
      const isAlone = !this.#keeper.living.some(({ pid }) => pid === first.pid);
      if (!isAlone) this.#violations.add("two daemons", `${first.pid} and ${second.pid}`);
    } else if (code !== null && code !== 0) {
      this.refusals += 1;
      if (!/\bpid \d+|process \d+/i.test(second.complaint())) {
        this.#violations.add("a refusal without a pid", second.complaint().slice(-300));
      }
    }
  }

  /** A daemon is stopped, another one is started, the first one wakes up. */
  async #overtake(): Promise<void> {
    const [first] = this.#keeper.living;
    if (first === undefined) return;
    first.child.kill("SIGSTOP");
    this.pauses += 1;
    await Promise.race([this.#startSecond(), sleep(this.#random.between(1_000, 4_000))]);
    first.child.kill("SIGCONT");
  }
}

function signal(victim: SeenProcess, name: NodeJS.Signals): void {
  try {
    process.kill(victim.pid, name);
  } catch (error) {
    // It has ended by itself.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) {
      throw new Error(`${name} did not reach ${told(victim)}`, { cause: error });
    }
  }
}
