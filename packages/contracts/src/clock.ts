/** Time as the orchestrator sees it. The system's clock in production, a simulated one in tests. */
export interface Clock {
  /** Epoch milliseconds. May jump, in both directions. */
  now(): number;
  /**
   * Calls `callback` once after at least `delayMs` (0 to 2^31-1; longer delays are the caller's to split).
   * Disposing before that cancels it; disposing later, or twice, does nothing.
   */
  setTimer(delayMs: number, callback: () => void): Disposable;
  /**
   * Resolves after everything that is ready to run has run. What arrives together can then be dealt with together, and
   * nothing that is ready waits for a long piece of work.
   */
  yield(): Promise<void>;
}
