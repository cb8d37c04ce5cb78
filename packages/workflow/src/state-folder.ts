import { createHash } from "node:crypto";
import { isAbsolute, basename, dirname, join, resolve } from "node:path";
import { expandPath } from "./path-value.ts";
import type { Environment } from "./path-value.ts";

/**
 * The folder of everything that a daemon keeps: `stateDir`, else `SIGNALBOX_STATE_DIR` (both against `cwd`), else one
 * below `$XDG_STATE_HOME/signalbox` that follows from the workflow file's real path alone, so that no edit of the file
 * loses the journal.
 */
export function stateFolder(
  workflowPath: string,
  options: {
    readonly cwd: string;
    readonly environment: Environment;
    readonly stateDir?: string | undefined;
  },
): string {
  const { cwd, environment } = options;
  const chosen = options.stateDir ?? environment["SIGNALBOX_STATE_DIR"] ?? "";
  if (chosen !== "") return resolve(cwd, chosen);
  const fromEnvironment = environment["XDG_STATE_HOME"] ?? "";
  const base = isAbsolute(fromEnvironment)
    ? fromEnvironment
    : expandPath("~/.local/state", cwd, environment);
  const label = basename(dirname(workflowPath)).replaceAll(/[^A-Za-z0-9._-]+/g, "-") || "root";
  const hash = createHash("sha256").update(workflowPath).digest("hex").slice(0, 12);
  return join(base, "signalbox", `${label}-${hash}`);
}
