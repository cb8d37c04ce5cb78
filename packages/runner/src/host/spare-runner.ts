import { RunnerProcess, type RunnerLaunch } from "./runner-process.ts";

/** Keeps one runner started, so that a dispatch does not wait for a process. */
export class SpareRunner {
  readonly #launch: RunnerLaunch;
  #spare: RunnerProcess | null = null;
  #isClosed = false;

  constructor(launch: RunnerLaunch) {
    this.#launch = launch;
  }

  /** Starts one where there is none. */
  warm(): void {
    if (this.#isClosed) return;
    if (this.#spare === null || this.#spare.isOver) this.#spare = RunnerProcess.start(this.#launch);
  }

  /** The spare one, or a new one. */
  take(): RunnerProcess {
    const spare = this.#spare;
    this.#spare = null;
    return spare === null || spare.isOver ? RunnerProcess.start(this.#launch) : spare;
  }

  close(): void {
    this.#isClosed = true;
    this.#spare?.dismiss();
    this.#spare = null;
  }
}
