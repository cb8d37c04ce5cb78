/**
 * Folders in a worktree that are git repositories of their own, from the output of
 * `git status --porcelain=v2 -z --untracked-files=all`: untracked ones (that listing shows files, and of folders only
 * repositories), and submodules that differ from what is committed. git commits of either no more than a commit id.
 */
export function nestedRepositories(status: string): string[] {
  const paths: string[] = [];
  const entries = status.split("\0");
  for (let position = 0; position < entries.length; position += 1) {
    const entry = entries[position] ?? "";
    const kind = entry.slice(0, 1);
    if (kind === "?" && entry.endsWith("/")) paths.push(entry.slice(2, -1));
    const fields = fieldsBeforePath[kind];
    if (fields !== undefined && entry.split(" ", 3)[2]?.startsWith("S") === true) {
      paths.push(entry.split(" ").slice(fields).join(" "));
    }
    // A rename is followed by the name it had.
    if (kind === "2") position += 1;
  }
  return paths;
}

const fieldsBeforePath: Readonly<Record<string, number>> = { "1": 8, "2": 9, u: 10 };
