import { statSync } from "node:fs";
import { resolve } from "node:path";
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
  throw new SignalboxError(
    "missing_workflow_file",
    path === undefined
      ? `no ${defaultNames.join(" or ")} in ${cwd}`
      : `the workflow file ${resolve(cwd, path)} does not exist`,
    { remedy: "Write one with `signalbox init`, or name another file." },
  );
}

/** What cannot be looked at counts as there: reading it says why. */
function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}
