import { agentEnvironment, gitEnvironment } from "@signalbox/process";
import { GitError, simpleGit } from "simple-git";

export interface GitCall {
  /** Where git starts; must exist. */
  readonly folder: string;
  /** Aborting it interrupts git. */
  readonly signal: AbortSignal;
  /** Set on top of the rest; the only `GIT_*` variables that git sees. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** After git has ended: for a process that it left behind and that holds its output open. */
const outputLimitMs = 5_000;

/** git ended with another code than 0, or could not be started. simple-git passes on no errors but its own kind. */
export class GitFailure extends GitError {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(exitCode: number, stdout: string, stderr: string) {
    const what = firstLines(`${stderr}\n${stdout}`);
    super(undefined, what || `git ended with code ${exitCode}`);
    this.name = "GitFailure";
    this.exitCode = exitCode;
    this.stdout = stdout;
    this.stderr = stderr;
  }
}

/** git was ended because it took longer than its limit. */
export class GitTimeout extends Error {
  constructor(args: readonly string[], limitMs: number) {
    const verb = args.find((word) => /^[a-z][a-z-]*$/.test(word)) ?? "";
    super(`git ${verb} took longer than ${limitMs / 1_000} s and was ended`);
    this.name = "GitTimeout";
  }
}

/** Variables that may pass to git although they can change what it does: this package sets them, or they are TLS trust. */
const allowedEnvironment = [
  "GIT_INDEX_FILE",
  "GIT_WORK_TREE",
  "GIT_AUTHOR_NAME",
  "GIT_AUTHOR_EMAIL",
  "GIT_AUTHOR_DATE",
  "GIT_COMMITTER_NAME",
  "GIT_COMMITTER_EMAIL",
  "GIT_COMMITTER_DATE",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_TERMINAL_PROMPT",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
];

/** Hooks of the mirror, and of a work tree that was just merged, are files that an agent may have written. */
export const withoutHooks = ["-c", "core.hooksPath=/dev/null"] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs git without a terminal, without hooks, in English, deaf to the `GIT_*` variables of whoever started the daemon. */
export class Git {
  readonly environment: Readonly<Record<string, string>>;
  readonly #limitMs: number;

  /** `limitMs` is the wall time of each call. */
  constructor(environment: Environment, limitMs: number) {
    this.#limitMs = limitMs;
    this.environment = gitEnvironment(environment);
  }

  /** For repositories that agents write to: filters and merge drivers that they set up see no secret of the daemon. */
  static withoutSecrets(environment: Environment, limitMs: number): Git {
    return new Git(agentEnvironment({ from: environment }), limitMs);
  }

  /** What git printed, without the last line break. Throws `GitFailure`, `GitTimeout`, or the signal's reason. */
  async run(args: readonly string[], call: GitCall): Promise<string> {
    call.signal.throwIfAborted();
    const limit = AbortSignal.timeout(this.#limitMs);
    const git = simpleGit({
      baseDir: call.folder,
      abort: AbortSignal.any([call.signal, limit]),
      allowEnvironment: allowedEnvironment,
      // The default takes 50 ms after the exit as the end of all output: on a busy machine too early.
      completion: { onClose: true, onExit: outputLimitMs },
      // simple-git knows this option as a way to bring hooks in; here it keeps them out.
      unsafe: { allowUnsafeHooksPath: true },
      errors: (error, { exitCode, stdOut, stdErr }) =>
        exitCode === 0 && error === undefined
          ? undefined
          : new GitFailure(
              exitCode,
              Buffer.concat(stdOut).toString(),
              Buffer.concat(stdErr).toString(),
            ),
    })
      .env({ ...this.environment, ...call.environment })
      // simple-git gives a process that printed nothing 50 ms to print something; an empty chunk tells it not to wait.
      .outputHandler((_command, stdout) => {
        queueMicrotask(() => stdout.emit("data", Buffer.alloc(0)));
      });
    try {
      return (await git.raw([...withoutHooks, ...args])).replace(/\n$/, "");
    } catch (error) {
      call.signal.throwIfAborted();
      throw limit.aborted ? new GitTimeout(args, this.#limitMs) : error;
    }
  }

  /** For commands that say "no" with code 1: then `null`. */
  async ask(args: readonly string[], call: GitCall): Promise<string | null> {
    try {
      return await this.run(args, call);
    } catch (error) {
      if (error instanceof GitFailure && error.exitCode === 1) return null;
      throw error;
    }
  }
}

/** Without credentials in URLs, hints and warnings; at most three lines. */
export function firstLines(text: string): string {
  const lines = text
    .replaceAll(/\/\/[^/@\s]+@/g, "//***@")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^(?:remote: )?(?:hint|warning):/.test(line));
  return lines.slice(0, 3).join(" · ").slice(0, 500);
}
