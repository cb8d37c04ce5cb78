import type { Clock, Delivery } from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";

export interface DeliveryRecovery {
  readonly clock: Clock;
  readonly delivery: Delivery;
  readonly signal: AbortSignal;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  /** Looks at the tracker; resolves when what it said is decided. */
  readonly poll: () => Promise<void>;
  readonly onFailure: (error: unknown, doing: string) => void;
}

const looking = "looking for work that was delivered before";

/**
 * The first poll of an empty journal. Nothing starts before it is known what was delivered already: the state folder
 * may have been lost, and the tracker may not have been told.
 */
export async function recoverDeliveries(recovery: DeliveryRecovery): Promise<void> {
  const { clock, delivery, post, poll, state } = recovery;
  if (delivery.findDelivered === undefined) return poll();
  post({ type: "gate-closed", at: clock.now(), gate: { gate: "recovering", what: looking } });
  const [found] = await Promise.all([findDelivered(recovery, delivery), poll()]);
  const at = clock.now();
  for (const { id: issueId, identifier } of state().issues.values()) {
    const commit = found.get(identifier);
    if (commit !== undefined) post({ type: "delivery-found", at, issueId, commit });
  }
  post({ type: "gate-opened", at, gate: "recovering" });
}

async function findDelivered(
  { signal, onFailure }: DeliveryRecovery,
  delivery: Delivery,
): Promise<ReadonlyMap<string, string>> {
  try {
    return (await delivery.findDelivered?.(signal)) ?? new Map<string, string>();
  } catch (error) {
    onFailure(error, looking);
    return new Map<string, string>();
  }
}
