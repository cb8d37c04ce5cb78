import type {
  Clock,
  ConfigSource,
  SignalboxError,
  Tracker,
  TrackerDefaults,
} from "@signalbox/contracts";
import { policyFrom, type OrchestratorEvent } from "@signalbox/core";

export interface ConfigFollowerPorts {
  readonly clock: Clock;
  readonly config: ConfigSource;
  readonly tracker: Pick<Tracker, "claim" | "release">;
  readonly trackerDefaults: TrackerDefaults;
  readonly post: (event: OrchestratorEvent) => void;
  readonly onFailure: (error: unknown, doing: string) => void;
}

/** Takes over what the workflow file says now, and tells once what is wrong with a version that is not used. */
export class ConfigFollower {
  readonly #ports: ConfigFollowerPorts;
  #hash: string;
  #error: SignalboxError | null = null;
  #watch: Disposable | null = null;

  constructor(ports: ConfigFollowerPorts) {
    this.#ports = ports;
    this.#hash = ports.config.current().source.hash;
  }

  begin(): void {
    this.#watch = this.#ports.config.watch(() => void this.refresh());
  }

  close(): void {
    this.#watch?.[Symbol.dispose]();
  }

  /** Also what a lost watch event would have told. Never rejects. */
  async refresh(): Promise<void> {
    const { clock, config, tracker, trackerDefaults, post, onFailure } = this.#ports;
    try {
      await config.refresh();
    } catch (error) {
      onFailure(error, "reading the workflow file again");
    }
    const error = config.error();
    if (error !== null && error !== this.#error) {
      onFailure(error, "the changed workflow file is not used");
    }
    this.#error = error;
    const current = config.current();
    if (current.source.hash === this.#hash) return;
    this.#hash = current.source.hash;
    const at = clock.now();
    const policy = policyFrom(current, trackerDefaults, tracker);
    post({ type: "policy-replaced", at, policy });
    // Whatever kept agents from starting may be mended.
    post({ type: "gate-opened", at, gate: "setup-failed" });
    post({ type: "gate-opened", at, gate: "pool-closed" });
  }
}
