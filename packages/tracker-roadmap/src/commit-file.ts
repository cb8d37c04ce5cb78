import { execFile } from "node:child_process";
import { basename, dirname } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export type CommitResult =
  | { readonly kind: "committed" }
  /** The file is as the branch has it. */
  | { readonly kind: "nothing" }
  /** It was not committed; the next commit takes the change along. */
  | { readonly kind: "left"; readonly reason: string };

/**
 * Commits one file, and nothing else that may be staged, to the branch that is checked out in its folder. Runs git
 * without a shell, and none of the repository's `pre-commit` and `commit-msg` hooks.
 */
export async function commitFile(path: string, message: string): Promise<CommitResult> {
  const pathspec = `:(literal)${basename(path)}`;
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await run("git", args, {
      cwd: dirname(path),
      env: environment(),
      timeout: 30_000,
      maxBuffer: 1024 * 1024,
    });
    return stdout;
  };
  try {
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

/** Git's own variables would lead it to another repository than the file's. */
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith("GIT_"));
  return { ...Object.fromEntries(inherited), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
}

function outputOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const output = "stderr" in error && typeof error.stderr === "string" ? error.stderr.trim() : "";
  return output === "" ? error.message : output.slice(0, 500);
}
