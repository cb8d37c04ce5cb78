import { agentEnvironment, gitEnvironment } from "@signalbox/process";
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
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_ALLOW_PROTOCOL",
  "GIT_DEFAULT_REF_FORMAT",
  "GIT_NO_REPLACE_OBJECTS",
  "GIT_OPTIONAL_LOCKS",
  "GIT_TERMINAL_PROMPT",
  "GIT_SSL_CAINFO",
  "GIT_SSL_CAPATH",
];

/** After git has ended: for a process that it left behind and that holds its output open. */
const outputLimitMs = 5_000;

/** Agents can write to the mirror's folder, so what it says to run is not run. */
export const withoutPrograms: readonly string[] = [
  "-c",
  "core.hooksPath=/dev/null",
  "-c",
  "core.fsmonitor=false",
];

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs git without a terminal, without hooks, in English, deaf to the `GIT_*` variables of whoever started the daemon. */
export class Git {
  readonly #environment: Readonly<Record<string, string>>;

  /** With all of the environment: for a repository that may ask for credentials. */
  constructor(environment: Environment) {
    this.#environment = gitEnvironment(environment);
  }

  /** For what agents write to: a filter that they set up there sees no secret of the daemon. */
  static withoutSecrets(environment: Environment): Git {
    return new Git(agentEnvironment({ from: environment }));
  }

  /** What git printed, without the last line break. Throws `GitFailure`, or the signal's reason. */
  async run(args: readonly string[], call: GitCall): Promise<string> {
    call.signal.throwIfAborted();
    const git = simpleGit({
      baseDir: call.folder,
      abort: call.signal,
      allowEnvironment: allowedEnvironment,
      // The default takes 50 ms after the exit as the end of all output: on a busy machine too early.
      completion: { onClose: true, onExit: outputLimitMs },
      // simple-git knows these options as ways to bring programs in; here they keep them out.
      unsafe: { allowUnsafeHooksPath: true, allowUnsafeFsMonitor: true },
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
      return (await git.raw([...withoutPrograms, ...args])).replace(/\n$/, "");
    } catch (error) {
      call.signal.throwIfAborted();
      throw error;
    }
  }
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
