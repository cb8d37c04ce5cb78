import type { TormentPlan } from "../tormentor.ts";

/** In the file that ends with `file`, the first text becomes the second. */
interface Change {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A bug. */
interface Plant {
  readonly changes: readonly Change[];
  /** Of the audit: what is broken by this bug. Any of them is enough, and nothing else is. */
  readonly breaks: readonly string[];
  /** What brings it to light. */
  readonly torment: Partial<TormentPlan>;
}

export type PlantName = "forget-group-kill" | "skip-recover" | "torn-roadmap" | "lock-for-ever";

const calmMs = [200, 2_000] as const;

/** Bugs that other daemons have had. Each has to be found by the audit. */
export const plants: Readonly<Record<PlantName, Plant>> = {
  // What a dead runner has left lives on.
  "forget-group-kill": {
    changes: [
      {
        file: "packages/process/src/termination/kill-strays.ts",
        from: "if (!hasProcessTable) return [];",
        to: "if (runMarker !== null) return [];",
      },
    ],
    breaks: ["two live runs of one issue", "two live agents of one issue"],
    torment: { deeds: { kill: 1 }, killed: { runner: 1 }, calmMs, isPatient: true },
  },
  // A daemon takes every run of its predecessor for gone.
  "skip-recover": {
    changes: [
      {
        file: "packages/runner/src/host/process-run-host.ts",
        from: "if (this.#isClosed) throw hostClosed(runId);\n    const known",
        to: 'if (runId !== "") return "gone";\n    const known',
      },
      {
        file: "packages/runner/src/folder/workspace-lock.ts",
        from: "if (holder !== null && holder.isAlive) throw occupied(key, holder.marker);",
        to: "",
      },
      {
        file: "packages/runner/src/folder/workspace-lock.ts",
        from: "await killStrays(holder.marker);",
        to: "holder.marker.trim();",
      },
    ],
    breaks: ["two live runs of one issue", "two live agents of one issue"],
    torment: { deeds: { kill: 1 }, killed: { daemon: 1 }, calmMs, isPatient: true },
  },
  // The tracker's file is written in place.
  "torn-roadmap": {
    changes: [
      {
        file: "packages/tracker-roadmap/src/write-file.ts",
        from: "await rename(temporary, path);",
        to: `const target = await open(path, "w");
        for (let at = 0; at < text.length; at += 512) {
          await target.write(text.slice(at, at + 512));
          await target.sync();
        }
        await target.close();`,
      },
    ],
    breaks: ["a feature is not in the roadmap", "an edit was lost, and no daemon was disturbed"],
    torment: {},
  },
  // The lock of the tracker's file outlives its owner.
  "lock-for-ever": {
    changes: [
      {
        file: "packages/tracker-roadmap/src/file-lock.ts",
        from: "if (isAlive !== null) return !isAlive;",
        to: "if (isAlive !== null) return false;",
      },
    ],
    breaks: ["the roadmap's lock is not to be had", "standstill"],
    torment: { deeds: { trap: 1 }, trapped: { "roadmap-locked": 1 }, calmMs },
  },
};

export function plantNames(): readonly string[] {
  return Object.keys(plants);
}

export function isPlantName(text: string): text is PlantName {
  return Object.hasOwn(plants, text);
}
