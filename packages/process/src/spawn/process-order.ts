import type { Readable } from "node:stream";
import type { Containment } from "@signalbox/contracts";
import type { OutputConsumer } from "../output/output-reader.ts";

export interface ProcessOrder {
  /**
   * Program and arguments. No shell reads them. Bare names are looked up on `environment.PATH`. What is to live in a
   * cgroup of its own is put there by a line of `sh` that then becomes the program; it may add `PWD` and the like to the
   * environment, and leave out variables whose names are none to a shell (`my.name`).
   */
  readonly command: readonly [string, ...string[]];
  /** Absolute. Relative programs with a slash start here. */
  readonly cwd: string;
  /** Complete: nothing is inherited; two markers are added, `SIGNALBOX_PROCESS_ID` and `SIGNALBOX_RUN_ID`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Names the run that this process belongs to, so that `killStrays` finds it; `null`: none. */
  readonly runMarker: string | null;
  /** How it is locked in, as a host gives it to a backend. Default: not at all. */
  readonly containment?: Containment;
  /**
   * Absolute paths of further programs that it starts, such as what a shell is to become: a sandbox shows them as it
   * shows the program itself. Default: none.
   */
  readonly programs?: readonly string[];
  /**
   * Written, then closed. Without it the process reads an end of file at once. It need not be read. A stream is passed
   * on as it comes, and is destroyed when the process has ended or wants no more.
   */
  readonly stdin?: string | Buffer | Readable;
  /** Without a consumer the output goes nowhere. What a consumer throws stops the process and rejects `exited`. */
  readonly onStdout?: OutputConsumer;
  readonly onStderr?: OutputConsumer;
  /** Milliseconds between SIGTERM and SIGKILL; 0 kills at once. */
  readonly graceMs: number;
  /** Aborting it is a `stop` with the signal's reason where that is a string, else with `aborted`. */
  readonly signal?: AbortSignal;
}
