import { accessSync, constants, statSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";

/** What was found under a program's name. */
export type Located =
  | { readonly kind: "executable"; readonly path: string }
  /** A file of that name, without the right to execute it. */
  | { readonly kind: "not-executable"; readonly path: string }
  | { readonly kind: "missing" };

/**
 * The absolute path of the program that `name` starts under the given PATH, or `null`. `name` is a bare name or an
 * absolute path. Relative entries of the PATH (an empty one means the current folder) are skipped: a
 * repository must not be able to put its own `git` in front of the user's.
 */
export async function findExecutable(name: string, path: string): Promise<string | null> {
  const located = isAbsolute(name) ? inspect(name) : searchPath(name, path);
  return located.kind === "executable" ? located.path : null;
}

/** Looks without waiting: an answer per folder costs less than handing the question to another thread and back. */
export function searchPath(name: string, path: string): Located {
  let result: Located = { kind: "missing" };
  if (name === "" || name.includes("/")) return result;
  for (const folder of path.split(delimiter)) {
    if (!isAbsolute(folder)) continue;
    const located = inspect(join(folder, name));
    if (located.kind === "executable") return located;
    if (located.kind === "not-executable" && result.kind === "missing") result = located;
  }
  return result;
}

export function inspect(path: string): Located {
  try {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { kind: "missing" };
    if (!found.isFile()) return { kind: "not-executable", path };
  } catch {
    // Behind an unreadable folder, a name that is too long: none of them can be started.
    return { kind: "missing" };
  }
  try {
    accessSync(path, constants.X_OK);
    return { kind: "executable", path };
  } catch {
    return { kind: "not-executable", path };
  }
}
