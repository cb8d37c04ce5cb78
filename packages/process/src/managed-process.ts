import { OutputReader, settled } from "./output/output-reader.ts";
import type { Launched } from "./spawn/launch.ts";
import type { ProcessOrder } from "./spawn/process-order.ts";
import { endTree, type StopReport, type TreeEnding } from "./termination/end-tree.ts";
import { type ProcessTree, processTree, type TreeRoot } from "./termination/process-tree.ts";

/** A process, leader of its own session and group, together with everything that descends from it. */
export interface ManagedProcess {
  readonly pid: number;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /**
   * Resolves when the process has ended, what it left behind has been ended too (SIGTERM, half a second at most,
   * SIGKILL), and its output has been consumed. Whoever else holds the output open delays this by a quarter of a
   * second, no more. Rejects only with what an output consumer threw.
   */
  readonly exited: Promise<ProcessExit>;
  /**
   * SIGTERM to everyone, grace, SIGKILL, until none is left; resolves then. At any time and any number of times: the
   * first reason wins, and every call gets the same report.
   */
  stop(reason: string): Promise<StopReport>;
}

export interface ProcessExit {
  /** `null` where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly durationMs: number;
  /** Reason of the stop that came before the process had ended by itself; `null` where none did. */
  readonly stoppedBy: string | null;
  /** Pids of descendants that are known to live on, after everything was tried. */
  readonly survivors: readonly number[];
  /** See `StopReport.suspects`. */
  readonly suspects: readonly number[];
}

/** For what descendants still write when the process itself has ended. */
const drainMs = 250;
/** For descendants that outlive a process which ended by itself. */
const strayGraceMs = 500;

/** What a tree is known by that was decided before its start. */
export type TreeMark = Pick<TreeRoot, "marker" | "countBefore" | "isJailer">;

export class StartedProcess implements ManagedProcess {
  readonly pid: number;
  readonly startedAt: number = Date.now();
  readonly exited: Promise<ProcessExit>;
  readonly #started = performance.now();
  readonly #order: ProcessOrder;
  readonly #launched: Launched;
  readonly #tree: ProcessTree;
  readonly #readers: readonly OutputReader[];
  #hasExited = false;
  #stopReason: string | null = null;
  #ending: Promise<TreeEnding> | null = null;

  constructor(
    order: ProcessOrder,
    launched: Launched,
    { marker, countBefore, isJailer }: TreeMark,
  ) {
    const { child, pid, origin, cgroup } = launched;
    this.pid = pid;
    this.#order = order;
    this.#launched = launched;
    const outputs: { readonly file: string | null; readonly reader: OutputReader }[] = [];
    if (child.stdout && order.onStdout)
      outputs.push({ file: origin.stdout, reader: new OutputReader(child.stdout, order.onStdout) });
    if (child.stderr && order.onStderr)
      outputs.push({ file: origin.stderr, reader: new OutputReader(child.stderr, order.onStderr) });
    this.#readers = outputs.map(({ reader }) => reader);
    this.#tree = processTree({
      pid,
      startTime: origin.startTime,
      countBefore,
      marker,
      cgroup,
      isJailer,
      folder: origin.folder,
      hasExited: () => this.#hasExited,
      openOutputs: () =>
        outputs.flatMap(({ file, reader }) => (file === null || reader.isClosed ? [] : [file])),
    });
    this.exited = this.#watch();
  }

  async stop(reason: string): Promise<StopReport> {
    this.#stopReason ??= reason;
    const first = this.#stopReason;
    return { reason: first, ...(await this.#end(this.#order.graceMs)) };
  }

  async #watch(): Promise<ProcessExit> {
    const abort = (): void => void this.stop(abortReason(this.#order.signal));
    this.#order.signal?.addEventListener("abort", abort, { once: true });
    for (const reader of this.#readers)
      reader.ended.catch(() => this.stop("output consumer failed"));
    if (this.#order.signal?.aborted) abort();

    const { code, signal } = await this.#launched.exit;
    this.#hasExited = true;
    const durationMs = performance.now() - this.#started;
    const stoppedBy = this.#stopReason;
    this.#order.signal?.removeEventListener("abort", abort);

    await settled(Promise.all(this.#readers.map((reader) => reader.ended)), drainMs);
    const { survivors, suspects } = await this.#end(Math.min(strayGraceMs, this.#order.graceMs));
    this.#launched.child.stdin?.destroy();
    await Promise.all(this.#readers.map((reader) => reader.drain(drainMs)));
    return { code, signal, durationMs, stoppedBy, survivors, suspects };
  }

  #end(graceMs: number): Promise<TreeEnding> {
    this.#ending ??= endTree(this.#tree, graceMs);
    return this.#ending;
  }
}

function abortReason(signal: AbortSignal | undefined): string {
  const reason: unknown = signal?.reason;
  return typeof reason === "string" ? reason : "aborted";
}
