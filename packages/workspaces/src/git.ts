import { SignalboxError } from "@signalbox/contracts";
import type { WorkspaceErrorCode } from "@signalbox/contracts";
import { GitError, simpleGit } from "simple-git";

export interface GitCall {
  /** Where git starts; must exist. */
  readonly folder: string;
  /** Aborting it interrupts git. */
  readonly signal: AbortSignal;
  /** Set on top of the daemon's environment; the only `GIT_*` variables that git sees. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** git ended with another code than 0, or could not be started. simple-git passes on no errors but its own kind. */
export class GitFailure extends GitError {
  readonly exitCode: number;
  readonly output: string;

  constructor(exitCode: number, output: string) {
    super(undefined, firstLines(withoutCredentials(output)) || `git ended with code ${exitCode}`);
    this.name = "GitFailure";
    this.exitCode = exitCode;
    this.output = output;
  }
}

/** Variables that may pass to git although they can change what it does: this package sets them, or they are TLS trust. */
const allowedEnvironment = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_DEFAULT_REF_FORMAT",
  "GIT_OPTIONAL_LOCKS",
  "GIT_TERMINAL_PROMPT",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
];
const inherited = new Set(["GIT_SSL_CAINFO", "GIT_SSL_CAPATH"]);
const stripped = /^(?:git_.*|editor|visual|pager|prefix|ssh_askpass)$/i;

/** Runs git without a terminal, in English, deaf to the `GIT_*` variables of whoever started the daemon. */
export class Git {
  readonly #environment: Readonly<Record<string, string>>;

  constructor(environment: Readonly<Record<string, string | undefined>>) {
    const kept: Record<string, string> = {};
    for (const [name, value] of Object.entries(environment)) {
      if (value !== undefined && (inherited.has(name) || !stripped.test(name))) kept[name] = value;
    }
    this.#environment = { ...kept, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0" };
  }

  /** What git printed, without the last line break. Throws `GitFailure`, or the signal's reason. */
  async run(args: readonly string[], call: GitCall): Promise<string> {
    call.signal.throwIfAborted();
    const git = simpleGit({
      baseDir: call.folder,
      abort: call.signal,
      allowEnvironment: allowedEnvironment,
      errors: (error, { exitCode, stdOut, stdErr }) =>
        exitCode === 0 && error === undefined
          ? undefined
          : new GitFailure(exitCode, Buffer.concat([...stdErr, ...stdOut]).toString()),
    })
      .env({ ...this.#environment, ...call.environment })
      // simple-git gives a process that printed nothing 50 ms to print something; an empty chunk tells it not to wait.
      .outputHandler((_command, stdout) => {
        queueMicrotask(() => stdout.emit("data", Buffer.alloc(0)));
      });
    try {
      return (await git.raw([...args])).replace(/\n$/, "");
    } catch (error) {
      call.signal.throwIfAborted();
      throw error;
    }
  }
}

/** A `GitFailure` as an error of this package; every other error stays what it is. */
export function gitError(code: WorkspaceErrorCode, what: string, error: unknown): unknown {
  if (!(error instanceof GitFailure)) return error;
  return new SignalboxError(code, `${what}: ${error.message}`, {
    retryable: code === "workspace_git" || code === "workspace_save",
    remedy: remedyFor(error.output),
    cause: error,
  });
}

function remedyFor(output: string): string {
  if (/no space left|disk quota/i.test(output))
    return "Free space on the disk of the state folder.";
  if (/ENOENT/.test(output)) return "Install git 2.38 or later and put it on PATH.";
  if (/dubious ownership/.test(output)) {
    return "Run the daemon as the owner of the repository, or add it to git's safe.directory.";
  }
  if (/could not read (username|password)|permission denied|authentication/i.test(output)) {
    return "Give git access to the repository: a credential helper or an ssh key that needs no prompt.";
  }
  return "Try the named git operation by hand in that folder, and repair what it complains about.";
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/\/\/[^/@\s]+@/g, "//***@");
}

function firstLines(text: string): string {
  const lines = text
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(hint|warning):/.test(line));
  return lines.slice(0, 3).join(" · ").slice(0, 500);
}
