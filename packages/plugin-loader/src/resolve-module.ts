import { existsSync, readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { homedir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The file that `specifier` means to a module at `from`, as a URL; `null` where there is none. */
export function resolveModule(specifier: string, from: URL): URL | null {
  if (specifier.startsWith("file:")) return existing(new URL(specifier));
  if (isAbsolute(specifier)) return existing(pathToFileURL(specifier));
  if (specifier.startsWith("~/"))
    return existing(pathToFileURL(join(homedir(), specifier.slice(2))));
  if (specifier.startsWith(".")) return existing(new URL(specifier, from));
  try {
    return pathToFileURL(createRequire(from).resolve(specifier));
  } catch {
    // Not there, or a package that offers nothing to `require`: its manifest tells which.
    return importEntry(specifier, from);
  }
}

function existing(url: URL): URL | null {
  return existsSync(fileURLToPath(url)) ? url : null;
}

/** The main entry of a package that is for `import` alone. */
function importEntry(specifier: string, from: URL): URL | null {
  const manifest = manifestOf(specifier, from);
  if (manifest === null) return null;
  const parsed = readManifest(manifest);
  const entries = isRecord(parsed) ? parsed["exports"] : undefined;
  const main = isRecord(entries) && "." in entries ? entries["."] : entries;
  const target = importTarget(main);
  return target === null ? null : existing(pathToFileURL(`${dirname(manifest)}/${target}`));
}

function manifestOf(specifier: string, from: URL): string | null {
  try {
    return findPackageJSON(specifier, from) ?? null;
  } catch {
    // It throws where the package is not installed.
    return null;
  }
}

/** `null` where it is no JSON: such a package offers nothing. */
function readManifest(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}

function importTarget(entry: unknown): string | null {
  if (typeof entry === "string") return entry;
  if (!isRecord(entry)) return null;
  for (const condition of ["node", "import", "default"]) {
    const target = importTarget(entry[condition]);
    if (target !== null) return target;
  }
  return null;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
