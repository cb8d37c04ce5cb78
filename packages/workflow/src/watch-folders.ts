import { watch } from "node:fs";
import type { FSWatcher } from "node:fs";
import { dirname } from "node:path";

/** Editors write in several steps: one change is reported when no further event has come for this long. */
const settleMs = 50;

/**
 * Watches the folders of some files, since editors replace files. It is a hint and no more: where the system cannot
 * watch, or loses an event, `onChange` is not called.
 */
export class FolderWatch {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | null = null;

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** Watches the folders of exactly these files from now on. Returns those that cannot be watched. */
  setFiles(files: readonly string[]): readonly string[] {
    const folders = new Set(files.map((file) => dirname(file)));
    for (const [folder, watcher] of this.#watchers) {
      if (folders.has(folder)) continue;
      watcher.close();
      this.#watchers.delete(folder);
    }
    return [...folders].filter((folder) => !this.#watch(folder));
  }

  close(): void {
    this.setFiles([]);
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #watch(folder: string): boolean {
    if (this.#watchers.has(folder)) return true;
    let watcher: FSWatcher;
    try {
      watcher = watch(folder, { persistent: false }, () => this.#settle());
    } catch {
      return false;
    }
    watcher.on("error", () => {
      watcher.close();
      this.#watchers.delete(folder);
    });
    this.#watchers.set(folder, watcher);
    return true;
  }

  #settle(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#onChange, settleMs).unref();
  }
}
