import { readFileSync } from "node:fs";
import { join } from "node:path";
import { namesIn, type Observer } from "./observer.ts";
import type { SeenProcess } from "./process-reader.ts";
import type { Scene } from "./scene.ts";
import type { Seeded } from "./seeded.ts";

export type VictimKind =
  | "daemon"
  | "runner"
  | "spare runner"
  | "agent"
  | "git"
  | "git at the checkout"
  | "everything"
  | "daemon and runner";

/** Who is to be hit. */
export class Victims {
  readonly #scene: Scene;
  readonly #observer: Observer;
  readonly #random: Seeded;
  /** Runners that own a run, as the lock of the run says. */
  readonly #owners = new Map<string, number>();

  constructor(scene: Scene, observer: Observer, random: Seeded) {
    this.#scene = scene;
    this.#observer = observer;
    this.#random = random;
  }

  /** Empty where there is none at the moment. */
  find(kind: VictimKind): readonly SeenProcess[] {
    const all = this.#observer.look();
    switch (kind) {
      case "everything":
        return all;
      case "daemon and runner":
        return [...this.#one(all, "daemon"), ...this.#oneRunner(all, true)];
      case "runner":
        return this.#oneRunner(all, true);
      case "spare runner":
        return this.#oneRunner(all, false);
      case "git at the checkout":
        return all.filter(isAtCheckout);
      case "daemon":
      case "agent":
      case "git":
        return this.#one(all, kind);
    }
  }

  #one(all: readonly SeenProcess[], kind: SeenProcess["kind"]): readonly SeenProcess[] {
    const picked = this.#random.pick(all.filter((process) => process.kind === kind));
    return picked === undefined ? [] : [picked];
  }

  #oneRunner(all: readonly SeenProcess[], owns: boolean): readonly SeenProcess[] {
    const owners = this.#ownersNow();
    const runners = all.filter(({ kind, pid }) => kind === "runner" && owners.has(pid) === owns);
    const picked = this.#random.pick(runners);
    return picked === undefined ? [] : [picked];
  }

  #ownersNow(): ReadonlySet<number> {
    for (const run of namesIn(this.#scene.runs)) {
      if (this.#owners.has(run)) continue;
      const pid = ownerOf(join(this.#scene.runs, run, "lock"));
      if (pid !== null) this.#owners.set(run, pid);
    }
    return new Set(this.#owners.values());
  }
}

/** What moves the user's own checkout. */
function isAtCheckout({ kind, command }: SeenProcess): boolean {
  return kind === "git" && command.includes("--ff-only");
}

function ownerOf(lock: string): number | null {
  try {
    const pid = /"pid":(\d+)/.exec(readFileSync(lock, "utf8"))?.[1];
    return pid === undefined ? null : Number(pid);
  } catch {
    // Nobody has it yet.
    return null;
  }
}
