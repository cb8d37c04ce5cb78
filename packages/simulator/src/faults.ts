import { noFaults, type FaultName, type FaultPlan } from "./fault-plan.ts";
import type { Random } from "./random.ts";

/** Throws the dice for faults, and counts those that were injected, by what happened. */
export class Faults {
  readonly random: Random;
  readonly counts: Map<string, number> = new Map();
  #plan: FaultPlan;

  constructor(plan: FaultPlan, random: Random) {
    this.#plan = plan;
    this.random = random;
  }

  get plan(): FaultPlan {
    return this.#plan;
  }

  get isOver(): boolean {
    return this.#plan === noFaults;
  }

  /** From here on nothing goes wrong any more. */
  end(): void {
    this.#plan = noFaults;
  }

  /** Whether this call is one of the share that goes wrong. */
  strikes(name: FaultName): boolean {
    return this.random.chance(this.#plan[name]);
  }

  count(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
  }

  /** One of these, counted. */
  pick<T extends string>(kinds: readonly [T, ...T[]]): T {
    const kind = this.random.pick(kinds);
    this.count(kind);
    return kind;
  }
}
