import { readdirSync, rmSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { told, type Observer } from "./observer.ts";
import type { Scene } from "./scene.ts";
import type { Violations } from "./violations.ts";

export interface LitterFigures {
  readonly stateMiB: number;
  readonly sockets: number;
  readonly locks: readonly string[];
}

const maxStateMiB = 2_000;

/** Nothing is alive any more, and nothing lies about that would stop work. */
export function auditLitter(
  scene: Scene,
  observer: Observer,
  violations: Violations,
): LitterFigures {
  for (const process of observer.look()) violations.add("alive at the end", told(process));
  const files = walk(scene.folder);
  const locks = files
    .filter((path) => path.endsWith(".lock") && !path.endsWith("mirror.lock"))
    .map((path) => relative(scene.folder, path));
  for (const lock of locks) violations.add("a lock without an owner", lock);
  for (const path of files) {
    if (/mirror\.git\.[^/]+\.tmp$|signalbox-tmp$/.test(path)) {
      violations.add("an unfinished file", relative(scene.folder, path));
    }
  }
  const stateMiB = files.reduce((sum, path) => sum + sizeOf(path), 0) / 1_048_576;
  if (stateMiB > maxStateMiB) violations.add("disk", `${Math.round(stateMiB)} MiB`);
  return { stateMiB, sockets: files.filter((path) => path.endsWith(".sock")).length, locks };
}

function walk(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) =>
    join(folder, name),
  );
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Ends what is still alive, so that a torture run leaves nothing behind whatever it found. */
export function sweep(scene: Scene, observer: Observer, keep: boolean): void {
  for (let round = 0; round < 20; round += 1) {
    const left = observer.look();
    if (left.length === 0) break;
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It has just ended.
      }
    }
  }
  if (!keep) rmSync(scene.folder, { recursive: true, force: true, maxRetries: 5 });
}
