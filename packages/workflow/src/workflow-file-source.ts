import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { ConfigSource, Logger, WorkflowConfig } from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";
import { inspectWorkflow } from "./inspect-workflow.ts";
import type { WorkflowOptions } from "./inspect-workflow.ts";
import { resolveWorkflowPath } from "./locate-file.ts";
import { problemsToError } from "./problem.ts";
import { readBytes, realPathOf } from "./read-text.ts";
import { FolderWatch } from "./watch-folders.ts";

export interface OpenWorkflowOptions extends WorkflowOptions {
  /**
   * Checks what this package cannot, such as the options of adapters. A rejection keeps the last good configuration
   * and becomes `error()`. Aborted by `close` and after 30 s.
   */
  readonly accept?: (config: WorkflowConfig, signal: AbortSignal) => Promise<void>;
  /** Hears of folders that cannot be watched and of listeners that throw. */
  readonly logger?: Logger;
}

const acceptTimeoutMs = 30_000;

/**
 * Reads and accepts a workflow file, then follows its changes until `close`. Rejects where the first version is not
 * valid, with the error that `loadWorkflowConfig` throws or `accept` rejected with.
 */
export async function openWorkflow(
  path?: string,
  options: OpenWorkflowOptions = {},
): Promise<WorkflowFileSource> {
  const source = new WorkflowFileSource(path, options);
  try {
    await source.refresh();
    source.current();
    return source;
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * A workflow file on disk as a `ConfigSource`. The state folder is settled by the first version: no edit moves the
 * journal of a living daemon. Made by `openWorkflow`.
 */
export class WorkflowFileSource implements ConfigSource, AsyncDisposable {
  readonly #path: string;
  readonly #options: OpenWorkflowOptions;
  readonly #watch: FolderWatch;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #promptFile: string | null = null;
  #seen: string | null = null;
  #current: WorkflowConfig | null = null;
  #error: SignalboxError | null = null;
  #reading: Promise<void> = Promise.resolve();

  constructor(path: string | undefined, options: OpenWorkflowOptions) {
    this.#path = resolveWorkflowPath(path, options.cwd ?? process.cwd());
    this.#options = options;
    this.#watch = new FolderWatch(() => void this.refresh());
    this.#followFiles();
  }

  current(): WorkflowConfig {
    if (this.#current === null)
      throw this.#error ?? new Error("The workflow file is not read yet.");
    return this.#current;
  }

  error(): SignalboxError | null {
    return this.#error;
  }

  /** Cheap where nothing changed: a read and a hash. Never rejects: what goes wrong becomes `error()`. */
  refresh(): Promise<void> {
    this.#reading = this.#reading.then(() => this.#readIfChanged());
    return this.#reading;
  }

  watch(listener: () => void): Disposable {
    const own = (): void => listener();
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Stops following the file. Afterwards nothing changes any more, and no listener is called. Idempotent. */
  async close(): Promise<void> {
    this.#closing.abort();
    this.#watch.close();
    this.#listeners.clear();
    await this.#reading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #readIfChanged(): Promise<void> {
    const fingerprint = this.#fingerprint();
    if (this.#closing.signal.aborted || fingerprint === this.#seen) return;
    this.#seen = fingerprint;
    try {
      const config = this.#read();
      await this.#accept(config);
      if (this.#closing.signal.aborted) return;
      this.#current = config;
      this.#error = null;
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      this.#error = toSignalboxError(error, this.#path);
    }
    this.#notify();
  }

  #read(): WorkflowConfig {
    const stateDir = this.#current?.stateDir ?? this.#options.stateDir;
    const options = { ...this.#options, ...(stateDir === undefined ? {} : { stateDir }) };
    let inspection = inspectWorkflow(this.#path, options);
    if (inspection.promptFile !== this.#promptFile) {
      this.#promptFile = inspection.promptFile;
      this.#followFiles();
      this.#seen = this.#fingerprint();
      inspection = inspectWorkflow(this.#path, options);
    }
    if (inspection.config === null) throw problemsToError(inspection.problems);
    return inspection.config;
  }

  async #accept(config: WorkflowConfig): Promise<void> {
    const { accept } = this.#options;
    if (accept === undefined) return;
    const timeout = AbortSignal.timeout(acceptTimeoutMs);
    const signal = AbortSignal.any([this.#closing.signal, timeout]);
    const aborted = Promise.withResolvers<never>();
    signal.addEventListener("abort", () => aborted.reject(signal.reason), { once: true });
    await Promise.race([aborted.promise, (async () => accept(config, signal))()]);
  }

  /** Of the bytes of every file that the configuration is made of; a file that cannot be read counts as empty. */
  #fingerprint(): string {
    const hash = createHash("sha256");
    for (const file of this.#files()) {
      hash.update("\0");
      try {
        hash.update(readBytes(file));
      } catch (error) {
        hash.update(error instanceof Error ? error.message : "unreadable");
      }
    }
    return hash.digest("hex");
  }

  #files(): readonly string[] {
    return this.#promptFile === null ? [this.#path] : [this.#path, this.#promptFile];
  }

  #followFiles(): void {
    const files = this.#files();
    const targets = files.filter((file) => existsSync(file)).map((file) => realPathOf(file));
    const blind = this.#watch.setFiles([...files, ...targets]);
    for (const folder of blind) {
      this.#options.logger?.log("warn", "The folder cannot be watched: changes are seen later.", {
        folder,
      });
    }
  }

  #notify(): void {
    for (const listener of this.#listeners) {
      try {
        listener();
      } catch (error) {
        this.#options.logger?.log("error", "A listener of the workflow file failed.", {
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  }
}

function toSignalboxError(error: unknown, path: string): SignalboxError {
  if (SignalboxError.isInstance(error)) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new SignalboxError("workflow_invalid", `${path} is not accepted: ${message}`, {
    cause: error,
  });
}
