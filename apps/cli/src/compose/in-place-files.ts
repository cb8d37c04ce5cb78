import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import type { Tracker } from "@signalbox/contracts";

/** Files of the repository that the tracker edits in place, relative to the repository and with slashes. */
export async function inPlaceFiles(tracker: Tracker, repository: string): Promise<string[]> {
  const description = await tracker.describe?.(AbortSignal.timeout(10_000));
  const roots = isAbsolute(repository) ? [repository, await realpath(repository)] : [];
  const paths = (description?.files ?? []).flatMap((file) =>
    roots.map((root) => relative(root, file)),
  );
  return [...new Set(paths)]
    .filter((file) => file !== "" && !file.startsWith("..") && !isAbsolute(file))
    .map((file) => file.split(sep).join("/"));
}
