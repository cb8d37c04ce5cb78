/** A bug: in the file that ends with `file`, the first text becomes the second. */
export interface Plant {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export type PlantName =
  | "forget-group-kill"
  | "skip-recover"
  | "torn-roadmap"
  | "lock-for-ever"
  | "forget-delivery"
  | "share-workspace";

/** Bugs that other daemons have had. Each has to be found by the audit. */
export const plants: Readonly<Record<PlantName, readonly Plant[]>> = {
  // What a dead runner has left lives on.
  "forget-group-kill": [
    {
      file: "packages/process/src/termination/kill-strays.ts",
      from: "if (!hasProcessTable) return [];",
      to: "if (runMarker !== null) return [];",
    },
  ],
  // A daemon takes every run of its predecessor for gone.
  "skip-recover": [
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
  // The tracker's file is written in place.
  "torn-roadmap": [
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
  // The lock of the tracker's file outlives its owner.
  "lock-for-ever": [
    {
      file: "packages/tracker-roadmap/src/file-lock.ts",
      from: "if (isAlive !== null) return !isAlive;",
      to: "if (isAlive !== null) return false;",
    },
  ],
  // A delivery that was made, but not confirmed, is not found again.
  "forget-delivery": [
    {
      file: "packages/delivery/src/deliver-merge.ts",
      from: "if (second === tip && issues.includes(encodeTrailer(order.issueIdentifier))) {",
      to: "if (second === undefined) {",
    },
  ],
  // Nobody asks who works in the workspace, nor kills what a dead holder has left there.
  "share-workspace": [
    {
      file: "packages/runner/src/folder/workspace-lock.ts",
      from: "if (holder !== null && holder.isAlive) throw occupied(key, holder.marker);",
      to: "",
    },
  ],
};

export function plantNames(): readonly string[] {
  return Object.keys(plants);
}

export function isPlantName(text: string): text is PlantName {
  return Object.hasOwn(plants, text);
}
