import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { SignalboxError, type Clock } from "@signalbox/contracts";
import {
  formatRunnerMessage,
  parseRunnerReply,
  type RunnerOrder,
  type RunnerReply,
} from "../entry/runner-order.ts";
import { within } from "../within.ts";

/** From the order to the reply: the run is then owned, and nothing of it has begun. */
const replyLimitMs = 30_000;
const maxComplaintCharacters = 2_000;
const notStarted = "could not be started";

export interface RunnerLaunch {
  /** A module that calls `runRunner`. */
  readonly entry: URL;
  /** For Node.js, before the module. */
  readonly nodeArguments: readonly string[];
  /** For the module. */
  readonly entryArguments: readonly string[];
  /** Visible to every process of this user. */
  readonly environment: Readonly<Record<string, string>>;
  readonly cwd: string;
}

/** A runner that was started and waits for its order. It ends by itself when this process does, until it has one. */
export class RunnerProcess {
  readonly #child: ChildProcess;
  readonly #input: Writable;
  readonly #reply: Promise<string>;
  readonly #exited: Promise<void>;
  #complaint = "";
  #isOver = false;

  private constructor(child: ChildProcess, input: Writable, output: Readable, errors: Readable) {
    this.#child = child;
    this.#input = input;
    // A runner that is gone says so by its exit.
    input.on("error", () => input.destroy());
    errors.setEncoding("utf8").on("data", (text: string) => {
      this.#complaint = `${this.#complaint}${text}`.slice(-maxComplaintCharacters);
    });
    this.#reply = textOf(output);
    this.#exited = exitOf(child, () => {
      this.#isOver = true;
    });
    keepFromHolding([child, input, output, errors]);
  }

  /** Throws `runner_died` where the system has no process, or no descriptors, to give. */
  static start(launch: RunnerLaunch): RunnerProcess {
    const child = spawnRunner(launch);
    // Also said by its exit, or by what it lacks.
    child.on("error", () => undefined);
    const { stdin, stderr } = child;
    // Without descriptors, a child has none of what its type promises.
    const pipes: unknown = child.stdio;
    const output: unknown = Array.isArray(pipes) ? pipes[3] : null;
    if (!stdin || !stderr || !isReadable(output)) throw failure("runner_died", notStarted);
    return new RunnerProcess(child, stdin, output, stderr);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Gives the order, and returns what the runner replied. Rejects with `runner_died` where it ended without one, and
   * with `runner_silent`, when it has been killed, where it took longer than 30 s.
   */
  async give(order: RunnerOrder, clock: Clock): Promise<RunnerReply> {
    this.#input.end(formatRunnerMessage(order));
    const line = await within(clock, replyLimitMs, () => this.#reply);
    if (line === "too-late") {
      this.#child.kill("SIGKILL");
      await this.#exited;
      throw failure("runner_silent", `did not answer within ${replyLimitMs} ms`);
    }
    const reply = line === "" ? null : parseRunnerReply(line);
    this.#child.stderr?.destroy();
    if (reply !== null) return reply;
    await this.#exited;
    throw failure("runner_died", `ended before it had begun. ${this.#complaint}`.trim());
  }

  /** Ends one that has got no order. */
  dismiss(): void {
    this.#input.end();
  }
}

function spawnRunner(launch: RunnerLaunch): ChildProcess {
  const { entry, nodeArguments, entryArguments, environment, cwd } = launch;
  const parameters = [...nodeArguments, fileURLToPath(entry), ...entryArguments];
  try {
    return spawn(process.execPath, parameters, {
      cwd,
      env: environment,
      detached: true,
      stdio: ["pipe", "ignore", "pipe", "pipe"],
    });
  } catch (error) {
    throw failure("runner_died", notStarted, error);
  }
}

async function textOf(output: Readable): Promise<string> {
  let text = "";
  output.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  await once(output, "close");
  return text;
}

/** Also of one that could not be started. */
async function exitOf(child: ChildProcess, onExit: () => void): Promise<void> {
  await new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  onExit();
}

/** The runner outlives this process, which need not stay for it. */
function keepFromHolding(handles: readonly object[]): void {
  for (const handle of handles) {
    if ("unref" in handle && typeof handle.unref === "function") handle.unref();
  }
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === "object" && stream !== null && "setEncoding" in stream;
}

function failure(code: string, what: string, cause?: unknown): SignalboxError {
  return new SignalboxError(code, `The runner ${what}`, {
    retryable: true,
    cause,
    remedy: "Look at the memory, the processes and the open files that this machine has left.",
  });
}
