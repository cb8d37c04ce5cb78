import { execFile } from "node:child_process";
import { readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "..", "..", "..", "..");
const run = promisify(execFile);

/** For a package manager that must not ask any registry. */
const offline = { ...process.env, npm_config_offline: "true" };

/** Builds packages of this repository and packs them as they are published, with what they need of others. */
export async function packPackages(names: readonly string[], destination: string): Promise<void> {
  const tsc = join(root, "node_modules", ".bin", "tsc");
  await run(tsc, ["-b", ...names.map((name) => join("packages", name))], { cwd: root });
  const pack = ["-y", "pnpm@12.21.0", "pack", "--pack-destination", destination];
  for (const name of names) await run("npx", pack, { cwd: join(root, "packages", name) });
  const valibot = join(root, "packages", "conformance", "node_modules", "valibot");
  await packFolder(await realpath(valibot), destination);
}

export async function packFolder(folder: string, destination: string): Promise<void> {
  const pack = ["pack", "--ignore-scripts", "--silent", "--pack-destination", destination];
  await run("npm", pack, { cwd: folder, env: offline });
}

/** Installs every tarball that is there, and nothing else. */
export async function installPacked(folder: string, tarballs: string): Promise<void> {
  const names = (await readdir(tarballs)).filter((name) => name.endsWith(".tgz"));
  const install = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"];
  const paths = names.map((name) => join(tarballs, name));
  await run("npm", [...install, ...paths], { cwd: folder, env: offline });
}
