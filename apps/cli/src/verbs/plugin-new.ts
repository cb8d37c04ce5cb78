import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import {
  type NewPluginKind,
  pluginManifest,
  pluginPackageName,
} from "../plugin/plugin-manifest.ts";
import type { Surroundings } from "../surroundings.ts";
import { templateFolder } from "../template-folder.ts";
import { version } from "../version.ts";

export interface PluginNewOptions {
  readonly kind: NewPluginKind;
  /** As workflow files will say it: lower-case letters, digits and hyphens. */
  readonly name: string;
  /** Where the package goes; by default a folder of its name in the current one. */
  readonly dir?: string;
  readonly json: boolean;
}

/** Writes a package with a plugin that passes the conformance kit, into a folder that is empty or not there yet. */
export async function pluginNew(
  options: PluginNewOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { kind, name } = options;
  const packageName = pluginPackageName(kind, name);
  const folder = resolve(surroundings.cwd, options.dir ?? packageName);
  try {
    await refuseOccupied(folder);
    await writeFiles(folder, await filesOf(kind, name));
  } catch (error) {
    throw SignalboxError.isInstance(error) ? error : writeFailed(folder, error);
  }
  if (options.json) {
    surroundings.out.line(JSON.stringify({ path: folder, package: packageName }));
    return;
  }
  for (const line of nextSteps(options, folder)) surroundings.out.line(line);
}

/** Texts by path; in the templates the plugin is called `example`. */
async function filesOf(kind: NewPluginKind, name: string): Promise<ReadonlyMap<string, string>> {
  const folder = templateFolder(kind);
  const files = new Map([["package.json", pluginManifest(kind, name, version())]]);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const text = await readFile(path, "utf8");
    const named = text
      .replaceAll("EXAMPLE", name.toUpperCase().replaceAll("-", "_"))
      .replaceAll(/\bexample\b/g, name);
    files.set(path.slice(folder.length + 1), named);
  }
  return files;
}

async function refuseOccupied(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const [first] = await readdir(folder);
  if (first === undefined) return;
  throw new SignalboxError("plugin_folder_occupied", `${folder} is not empty: it has ${first}`, {
    remedy: "Name another folder with --dir, or empty this one.",
  });
}

async function writeFiles(folder: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [path, text] of files) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text, { flag: "wx" });
  }
}

function writeFailed(folder: string, cause: unknown): SignalboxError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SignalboxError("plugin_write_error", `the plugin cannot be written: ${why}`, {
    remedy: `Look at ${folder}: whether it is a folder, its permissions, and the free space of its disk.`,
    cause,
  });
}

function nextSteps({ kind, name }: PluginNewOptions, folder: string): readonly string[] {
  const [heart, setting] =
    kind === "tracker"
      ? ["src/tracker.js", `tracker.kind: ${name}`]
      : ["src/session.js", `agent.backend: ${name}`];
  return [
    `Wrote ${folder}`,
    "",
    "Next:",
    "  npm install                   in that folder",
    "  npm test                      the laws that it has to keep; it does so now",
    `  ${heart.padEnd(30)}is where your own begins`,
    `  ${setting.padEnd(30)}in a workflow file, once it is installed beside that`,
  ];
}
