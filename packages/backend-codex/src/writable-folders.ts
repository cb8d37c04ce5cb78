import { sep } from "node:path";
import type { Containment } from "@signalbox/contracts";

/**
 * What can be written to of these folders, where a sandbox around all of Codex lets less through: Codex's own sandbox
 * does not start with a folder that it can't write to.
 */
export function writableFolders(
  folders: readonly string[],
  containment: Containment | undefined,
): readonly string[] {
  if (containment === undefined || containment.tier === "none") return folders;
  const { mounts } = containment;
  return folders.flatMap((folder) => {
    const around = mounts
      .filter(({ path }) => isWithin(folder, path))
      .toSorted((a, b) => a.path.length - b.path.length)
      .at(-1);
    if (around?.access === "write") return [folder];
    return mounts
      .filter(({ path, access }) => access === "write" && isWithin(path, folder))
      .map(({ path }) => path);
  });
}

function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}
