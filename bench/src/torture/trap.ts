import { existsSync, watch, type FSWatcher } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Scene } from "./scene.ts";

/** A moment that a kill is to fall into. */
export type TrapName =
  | "mirror-made"
  | "mirror-fetched"
  | "worktree-made"
  | "checkout-moved"
  | "roadmap-locked"
  | "roadmap-written"
  | "roadmap-replaced"
  | "run-begun"
  | "agent-ended";

interface Place {
  readonly folder: (scene: Scene) => string;
  readonly isIt: (name: string) => boolean;
  /** How long after the event the kill may fall, in milliseconds. */
  readonly spreadMs: number;
}

const places: Readonly<Record<TrapName, Place>> = {
  "mirror-made": {
    folder: ({ stateDir }) => stateDir,
    isIt: (name) => name.startsWith("mirror.git."),
    spreadMs: 120,
  },
  "mirror-fetched": {
    folder: ({ mirror }) => join(mirror, "refs", "remotes", "origin"),
    isIt: (name) => name.endsWith(".lock"),
    spreadMs: 3,
  },
  "worktree-made": {
    folder: ({ stateDir }) => join(stateDir, "worktrees"),
    isIt: () => true,
    spreadMs: 60,
  },
  "checkout-moved": {
    folder: ({ repository }) => join(repository, ".git"),
    isIt: (name) => name === "index.lock",
    spreadMs: 3,
  },
  "roadmap-locked": {
    folder: ({ roadmap }) => dirname(roadmap),
    isIt: (name) => name === "roadmap.md.lock",
    spreadMs: 6,
  },
  "roadmap-written": {
    folder: ({ roadmap }) => dirname(roadmap),
    isIt: (name) => name.endsWith("signalbox-tmp"),
    spreadMs: 4,
  },
  "roadmap-replaced": {
    folder: ({ roadmap }) => dirname(roadmap),
    isIt: (name) => name === "roadmap.md",
    spreadMs: 10,
  },
  "run-begun": { folder: ({ runs }) => runs, isIt: () => true, spreadMs: 400 },
  "agent-ended": {
    folder: ({ ended }) => dirname(ended),
    isIt: (name) => name === "ended",
    spreadMs: 60,
  },
};

/** Calls `spring` once, soon after the moment has come. `null` where its folder is not there yet. */
export function setTrap(
  name: TrapName,
  scene: Scene,
  delayShare: number,
  spring: () => void,
): Disposable | null {
  const { folder, isIt, spreadMs } = places[name];
  const path = folder(scene);
  if (!existsSync(path)) return null;
  let watcher: FSWatcher | null = null;
  let timer: NodeJS.Timeout | null = null;
  const close = (): void => {
    watcher?.close();
    watcher = null;
  };
  try {
    watcher = watch(path, (_event, file) => {
      if (watcher === null || file === null || !isIt(basename(file))) return;
      close();
      timer = setTimeout(spring, delayShare * spreadMs);
    });
  } catch {
    // The folder has just gone.
    return null;
  }
  watcher.on("error", close);
  return {
    [Symbol.dispose]: () => {
      close();
      if (timer !== null) clearTimeout(timer);
    },
  };
}
