import { hash } from "node:crypto";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contracts";
import { readConfig } from "./backlog-config.ts";
import type { BacklogConfig } from "./backlog-config.ts";
import { findBacklog } from "./backlog-place.ts";
import type { BacklogPlace } from "./backlog-place.ts";
import { makeBacklog } from "./backlog.ts";
import type { Backlog } from "./backlog.ts";
import { codeOf, fileError, payload } from "./file-error.ts";
import { taskIn } from "./task-file.ts";
import type { TaskFile } from "./task-file.ts";
import { idOfFile } from "./task-id.ts";
import { readTextFile } from "./text-file.ts";
import type { TextFile } from "./text-file.ts";

const maxFiles = 20_000;
/** Read at a time. */
const width = 32;
/** The program removes a file before it writes it anew under another title, or among the completed ones. */
const moveMs = 30;
const looks = 5;

export interface Reading {
  readonly place: BacklogPlace;
  /** The folder behind all symbolic links. */
  readonly realFolder: string;
  readonly backlog: Backlog;
}

/** Reads a backlog, and again only what has changed in it. */
export class BacklogFolder {
  readonly #folder: string;
  readonly #wanted: string | null;
  #configFile: TextFile | null = null;
  #files: ReadonlyMap<string, TaskFile> = new Map();
  #backlog: Backlog | null = null;

  /**
   * @param folder where relative paths start.
   * @param wanted the backlog folder, as the user wrote it; `null`: where the program would look.
   */
  constructor(folder: string, wanted: string | null) {
    this.#folder = folder;
    this.#wanted = wanted;
  }

  /** The backlog as it stands, whole. */
  async load(): Promise<Reading> {
    const place = await findBacklog(this.#folder, this.#wanted);
    const config = await this.#readConfig(place);
    const before = this.#backlog;
    // Ids that are mere numbers are read by it.
    if (before?.config.prefix !== config.prefix) this.#files = new Map();
    for (let look = 1; ; look += 1) {
      const files = await this.#readFiles(place, config);
      const backlog = this.#assemble(config, files);
      const isWhole = [...(before?.issues.keys() ?? [])].every(
        (id) => backlog.files.has(id) || backlog.unreadable.has(id),
      );
      if (isWhole || look === looks) {
        this.#files = new Map(files.map((file) => [file.path, file]));
        this.#backlog = backlog;
        return { place, realFolder: await realpath(place.folder), backlog };
      }
      await sleep(moveMs);
    }
  }

  async #readConfig({ config, name }: BacklogPlace): Promise<BacklogConfig> {
    const called = config === null ? name : config;
    const file = config === null ? null : await readTextFile(config, called, this.#configFile);
    const isSame = file !== null && file.hash === this.#configFile?.hash;
    this.#configFile = file;
    if (isSame && this.#backlog !== null) return this.#backlog.config;
    return readConfig(file?.text ?? "", called);
  }

  async #readFiles(place: BacklogPlace, config: BacklogConfig): Promise<readonly TaskFile[]> {
    const wanted = [
      ...(await namesIn(place, "tasks")).map((name) => ({ folder: "tasks", name })),
      ...(await namesIn(place, "completed")).map((name) => ({ folder: "completed", name })),
    ].flatMap(({ folder, name }) => {
      const idByName = idOfFile(name, config.prefix);
      return idByName === null ? [] : [{ folder, name, idByName }];
    });
    if (wanted.length > maxFiles) {
      throw payload(place.name, `has more than ${maxFiles} tasks`, "Archive what is done.");
    }
    const files: TaskFile[] = [];
    for (let at = 0; at < wanted.length; at += width) {
      const some = wanted.slice(at, at + width).map(async ({ folder, name, idByName }) => {
        const file = {
          path: join(place.folder, folder, name),
          name: `${place.name}/${folder}/${name}`,
          idByName,
          isCompleted: folder === "completed",
        };
        return this.#readFile(file, config.prefix);
      });
      files.push(...(await Promise.all(some)).filter((file) => file !== null));
    }
    return files;
  }

  /** The one that is known where it is the same; `null` where it is gone. */
  async #readFile(
    file: Omit<TaskFile, "content" | "task">,
    prefix: string,
  ): Promise<TaskFile | null> {
    const known = this.#files.get(file.path);
    try {
      const content = await readTextFile(file.path, file.name, known?.content ?? null);
      if (content === null) return null;
      if (known?.content === content) return known;
      const isSame = known?.content?.hash === content.hash;
      return {
        ...file,
        content,
        task: isSame ? known.task : taskIn(content.text, file.name, prefix),
      };
    } catch (error) {
      // One malformed record; trouble of the disk is none.
      const isMalformed = SignalboxError.isInstance(error) && error.code === "tracker_payload";
      if (isMalformed) return { ...file, content: null, task: error };
      throw error;
    }
  }

  #assemble(config: BacklogConfig, files: readonly TaskFile[]): Backlog {
    const before = this.#backlog;
    const parts = files.flatMap(({ name, content, task }) => [
      name,
      content?.hash ?? (SignalboxError.isInstance(task) ? task.message : ""),
    ]);
    const digest = hash("sha256", JSON.stringify([config, ...parts]), "hex");
    return before?.hash === digest ? before : makeBacklog(digest, config, files);
  }
}

/** Sorted. `completed` may be missing; without `tasks` there is no backlog. */
async function namesIn(place: BacklogPlace, folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(place.folder, folder))).toSorted();
  } catch (error) {
    if (folder !== "tasks" && codeOf(error) === "ENOENT") return [];
    throw fileError(error, `${place.name}/${folder}`);
  }
}
