import { stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join, normalize, resolve } from "node:path";
import { configFields } from "./backlog-config.ts";
import { codeOf, fileError, trackerError } from "./file-error.ts";
import { readTextFile } from "./text-file.ts";

/** Where a backlog is. */
export interface BacklogPlace {
  /** The folder with `tasks` in it. */
  readonly folder: string;
  /** How messages call it. */
  readonly name: string;
  /** `null` where there is none: then the program's defaults hold. */
  readonly config: string | null;
}

const rootConfig = "backlog.config.yml";

/**
 * Finds the backlog as the program does: `backlog.config.yml` with a project's name is its configuration and may name its
 * folder; otherwise that is `backlog` or `.backlog`, with a configuration in it.
 *
 * @param folder where relative paths start.
 * @param wanted the backlog folder, as the user wrote it.
 */
export async function findBacklog(folder: string, wanted: string | null): Promise<BacklogPlace> {
  const root = await readRootConfig(folder);
  if (wanted !== null) {
    const path = resolve(
      folder,
      wanted.replace(/^~(?=\/|$)/, () => homedir()),
    );
    const name = wanted.replace(/(?<=.)\/+$/, "");
    const isOfRoot = root !== null && (root.folder === null || join(folder, root.folder) === path);
    return { folder: path, name, config: (await configIn(path)) ?? (isOfRoot ? root.path : null) };
  }
  const name = root?.folder ?? (await usualFolder(folder));
  const path = join(folder, name);
  return { folder: path, name, config: root?.path ?? (await configIn(path)) };
}

async function usualFolder(folder: string): Promise<string> {
  for (const name of ["backlog", ".backlog"]) {
    if (await isThere(join(folder, name))) return name;
  }
  throw trackerError("tracker_config", `there is no backlog in ${folder}`, {
    remedy: "Run `backlog init`, or set `tracker.provider.path` to the backlog folder.",
  });
}

async function configIn(folder: string): Promise<string | null> {
  for (const name of ["config.yml", "config.yaml"]) {
    if (await isThere(join(folder, name))) return join(folder, name);
  }
  return null;
}

/** The configuration at the project's root, and the folder that it names. */
async function readRootConfig(
  folder: string,
): Promise<{ readonly path: string; readonly folder: string | null } | null> {
  const path = join(folder, rootConfig);
  const file = await readTextFile(path, rootConfig, null);
  const fields = configFields(file?.text ?? "", rootConfig);
  if (typeof fields["project_name"] !== "string") return null;
  const named = fields["backlog_directory"];
  return {
    path,
    folder: typeof named === "string" ? normalize(`${named}/.`).replace(/\/$/, "") : null,
  };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw fileError(error, path);
  }
}
