import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { codeOf } from "./file-error.ts";
import { FileStore } from "./file-store.ts";
import { FolderStore } from "./folder-store.ts";
import type { RoadmapStore } from "./roadmap-store.ts";

const defaultFile = "docs/roadmap.md";
const defaultFolder = "docs/roadmap.d";

/** Finds out, each time, where the roadmap is: it may be split up or joined while we run. */
export class StoreFinder {
  readonly #folder: string;
  readonly #wanted: string | null;
  #found: RoadmapStore | null = null;

  /**
   * @param folder where relative paths start.
   * @param wanted a file or a folder, as the user wrote it; `null`: the usual folder where it exists, else the usual file.
   */
  constructor(folder: string, wanted: string | null) {
    this.#folder = folder;
    this.#wanted = wanted;
  }

  async find(): Promise<RoadmapStore> {
    const name =
      this.#wanted ?? ((await this.#isFolder(defaultFolder)) ? defaultFolder : defaultFile);
    const path = this.#pathOf(name);
    const isFolder = await this.#isFolder(name);
    const isSame = this.#found?.path === path && isFolder === this.#found instanceof FolderStore;
    if (this.#found === null || !isSame) {
      this.#found = isFolder
        ? new FolderStore(path, withoutSlash(name))
        : new FileStore(path, name);
    }
    return this.#found;
  }

  /** False as well where the file system does not tell: reading it then says why. */
  async #isFolder(name: string): Promise<boolean> {
    try {
      return (await stat(this.#pathOf(name))).isDirectory();
    } catch (error) {
      if (codeOf(error) === null) throw error;
      return false;
    }
  }

  #pathOf(name: string): string {
    return resolve(
      this.#folder,
      name.replace(/^~(?=\/|$)/, () => homedir()),
    );
  }
}

function withoutSlash(name: string): string {
  return name.replace(/(?<=.)\/+$/, "");
}
