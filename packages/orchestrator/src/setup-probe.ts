import { SignalboxError, type Clock } from "@signalbox/contracts";
import type { Gate, OrchestratorEvent, OrchestratorState } from "@signalbox/core";

const probeIntervalMs = 60_000;

/**
 * While agents cannot be started at all, because of the repository or the set-up and not of an issue, nothing is
 * dispatched; once a minute it is tried again. A login or a bill that somebody has to see to is told of as well; the
 * core itself tries those again.
 */
export class SetupProbe {
  readonly #clock: Clock;
  readonly #post: (event: OrchestratorEvent) => void;
  readonly #onClosed: (error: SignalboxError) => void;
  #timer: Disposable | null = null;
  #toldAccount: string | null = null;

  constructor(
    clock: Clock,
    post: (event: OrchestratorEvent) => void,
    onClosed: (error: SignalboxError) => void,
  ) {
    this.#clock = clock;
    this.#post = post;
    this.#onClosed = onClosed;
  }

  onCommit({ gates }: OrchestratorState): void {
    this.#tellAccount(gates["pool-closed"]);
    const gate = gates["setup-failed"];
    if (gate === undefined) {
      this.close();
      return;
    }
    if (this.#timer !== null) return;
    this.#timer = this.#clock.setTimer(probeIntervalMs, () => {
      this.#timer = null;
      this.#post({ type: "gate-opened", at: this.#clock.now(), gate: "setup-failed" });
    });
    const message = gate.gate === "setup-failed" ? gate.message : "";
    this.#onClosed(
      new SignalboxError("setup_failed", message, {
        remedy: "Mend it: no agent is started until then, and it is tried again every minute.",
      }),
    );
  }

  #tellAccount(gate: Gate | undefined): void {
    const isTold = gate?.gate === "pool-closed" && gate.because !== "quota";
    const message = isTold ? gate.message : null;
    if (message !== null && message !== this.#toldAccount) {
      this.#onClosed(
        new SignalboxError("account_closed", message, {
          remedy: "See to it: no agent is started until then, and it is tried every 5 minutes.",
        }),
      );
    }
    this.#toldAccount = message;
  }

  close(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }
}
