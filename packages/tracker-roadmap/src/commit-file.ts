import { basename, dirname } from "node:path";
import { gitIn } from "./git-command.ts";

export type CommitResult =
  | { readonly kind: "committed" }
  /** The file is as the branch has it. */
  | { readonly kind: "nothing" }
  /** It was not committed; the next commit takes the change along. */
  | { readonly kind: "left"; readonly reason: string };

/**
 * Commits one file, and nothing else that may be staged, to the branch that is checked out in its folder. Neither signs
 * the commit nor starts any program that the repository names.
 */
export async function commitFile(path: string, message: string): Promise<CommitResult> {
  const pathspec = `:(literal)${basename(path)}`;
  try {
    const git = await gitIn(dirname(path));
    if ((await git("branch", "--show-current")) === "") {
      return { kind: "left", reason: "no branch is checked out" };
    }
    await git("ls-files", "--error-unmatch", "--", pathspec);
    if ((await git("status", "--porcelain", "--", pathspec)) === "") return { kind: "nothing" };
    await git("commit", "--quiet", "--no-verify", "--only", `--message=${message}`, "--", pathspec);
    return { kind: "committed" };
  } catch (error) {
    return { kind: "left", reason: outputOf(error) };
  }
}

function outputOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return output === "" ? error.message : output.slice(0, 500);
}
