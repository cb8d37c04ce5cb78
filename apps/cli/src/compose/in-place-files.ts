import { isAbsolute, relative, sep } from "node:path";
import type { Tracker } from "@signalbox/contracts";

/** Files of the repository that the tracker edits in place, relative to the repository and with slashes. */
export async function inPlaceFiles(tracker: Tracker, repository: string): Promise<string[]> {
  const description = await tracker.describe?.(AbortSignal.timeout(10_000));
  return (description?.files ?? [])
    .map((file) => relative(repository, file))
    .filter((file) => file !== "" && !file.startsWith("..") && !isAbsolute(file))
    .map((file) => file.split(sep).join("/"));
}
