import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { SignalboxError } from "@signalbox/contracts";

/** Looked for in this order where no path is given. */
const defaultNames = ["WORKFLOW.md", "workflow.yaml"];

/**
 * The absolute path of the workflow file: `path` against `cwd`, or else the first of `WORKFLOW.md` and
 * `workflow.yaml` in `cwd`. Throws `missing_workflow_file` where there is none.
 */
export function resolveWorkflowPath(path: string | undefined, cwd: string): string {
  const candidates = path === undefined ? defaultNames : [path];
  for (const candidate of candidates) {
    const absolute = resolve(cwd, candidate);
    if (isThere(absolute)) return absolute;
  }
  const above = path === undefined ? fileAbove(cwd) : null;
  throw new SignalboxError(
    "missing_workflow_file",
    path === undefined
      ? `no ${defaultNames.join(" or ")} in ${cwd}`
      : `the workflow file ${resolve(cwd, path)} does not exist`,
    {
      remedy:
        above === null
          ? "Write one with `signalbox init`, or name another file."
          : `There is ${above}: go to its folder, or name it as the last argument.`,
    },
  );
}

/** The nearest workflow file above `cwd`, up to the top of its repository; it is named and not taken. */
function fileAbove(cwd: string): string | null {
  for (let folder = resolve(cwd); !isThere(join(folder, ".git"));) {
    const parent = dirname(folder);
    if (parent === folder) return null;
    folder = parent;
    const found = defaultNames.map((name) => join(folder, name)).find(isThere);
    if (found !== undefined) return found;
  }
  return null;
}

/** What cannot be looked at counts as there: reading it says why. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
