import { delimiter, join } from "node:path";

/**
 * With them, a program finds `signalbox-tool`, with which it calls the run's own tools: first in the PATH, which is
 * `path` else. Nothing where the run has no such folder.
 */
export function toolVariables(
  binFolder: string | null | undefined,
  path = "",
): Readonly<Record<string, string>> {
  if (binFolder === null || binFolder === undefined) return {};
  return {
    PATH: [binFolder, path].filter((part) => part !== "").join(delimiter),
    SIGNALBOX_TOOL: join(binFolder, "signalbox-tool"),
  };
}
