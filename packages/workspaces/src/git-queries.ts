import { GitFailure } from "./git.ts";
import type { GitSetting } from "./git-config-text.ts";
import type { Git } from "./git.ts";
import { workspaceError } from "./workspace-error.ts";

/** Questions to git whose answer may be "there is none", which is `null` here. */
export class GitQueries {
  readonly #git: Git;

  constructor(git: Git) {
    this.#git = git;
  }

  commit(folder: string, ref: string, signal: AbortSignal): Promise<string | null> {
    return this.#ask(["rev-parse", "--verify", "--quiet", `${ref}^{commit}`], folder, signal);
  }

  symbolicRef(folder: string, ref: string, signal: AbortSignal): Promise<string | null> {
    return this.#ask(["symbolic-ref", "--quiet", ref], folder, signal);
  }

  /** A setting of the repository itself, not of the user. */
  setting(folder: string, key: string, signal: AbortSignal): Promise<string | null> {
    return this.#ask(["config", "--local", "--get", key], folder, signal);
  }

  /** Who commits, as the repository itself says it. */
  async identity(folder: string, signal: AbortSignal): Promise<readonly GitSetting[]> {
    const pattern = String.raw`^user\.(name|email)$`;
    const args = ["config", "--local", "-z", "--get-regexp", pattern];
    const found = (await this.#ask(args, folder, signal)) ?? "";
    return found
      .split("\0")
      .filter((entry) => entry.includes("\n"))
      .map((entry) => {
        const end = entry.indexOf("\n");
        return ["user", null, entry.slice("user.".length, end), entry.slice(end + 1)];
      });
  }

  /** These commands say "no" with code 1 and report trouble with any other. */
  async #ask(args: string[], folder: string, signal: AbortSignal): Promise<string | null> {
    try {
      return await this.#git.run(args, { folder, signal });
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return null;
      throw workspaceError("workspace_git", `git cannot read ${folder}`, error);
    }
  }
}
