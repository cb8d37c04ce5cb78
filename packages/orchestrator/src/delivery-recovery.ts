import type { Clock, Delivery } from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";
import { withTimeLimit } from "./time-limit.ts";

const lookLimitMs = 60_000;
const looking = "looking for work that was delivered before";

export interface DeliveryRecoveryPorts {
  readonly clock: Clock;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  readonly onFailure: (error: unknown, doing: string) => void;
}

/**
 * With an empty journal nothing starts before it is known what was delivered already: the state folder may have been
 * lost, and the tracker may not have been told. The gate is in the journal, so a crash does not open it.
 */
export class DeliveryRecovery {
  readonly #ports: DeliveryRecoveryPorts;
  #found: ReadonlyMap<string, string> | null = null;

  constructor(ports: DeliveryRecoveryPorts) {
    this.#ports = ports;
  }

  /** To be called with the first event of an empty journal, so that both are in one append. */
  begin(): void {
    const { clock, delivery, post } = this.#ports;
    if (delivery.findDelivered === undefined) return;
    post({ type: "gate-closed", at: clock.now(), gate: { gate: "recovering", what: looking } });
  }

  /** After a poll whose answers are decided: opens the gate, or says that it cannot yet. */
  async finish(isPolled: boolean): Promise<boolean> {
    const { clock, state, post } = this.#ports;
    if (state().gates.recovering === undefined) return true;
    const found = await this.#look();
    if (found === null || !isPolled) return false;
    const at = clock.now();
    for (const { id: issueId, identifier } of state().issues.values()) {
      const commit = found.get(identifier);
      if (commit !== undefined) post({ type: "delivery-found", at, issueId, commit });
    }
    post({ type: "gate-opened", at, gate: "recovering" });
    return true;
  }

  async #look(): Promise<ReadonlyMap<string, string> | null> {
    const { clock, delivery, signal, onFailure } = this.#ports;
    try {
      this.#found ??= await withTimeLimit(
        clock,
        lookLimitMs,
        looking,
        signal,
        async (inner) => (await delivery.findDelivered?.(inner)) ?? new Map<string, string>(),
      );
    } catch (error) {
      if (!signal.aborted) onFailure(error, looking);
    }
    return this.#found;
  }
}
