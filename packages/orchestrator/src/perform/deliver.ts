import type { DeliveryResult } from "@signalbox/contracts";
import type { DeliverEffect } from "@signalbox/core";
import type { PerformContext } from "./perform-context.ts";
import { isRetryable } from "../problem.ts";

/** No time limit of its own: the check within a delivery has one. */
export async function deliver(effect: DeliverEffect, context: PerformContext): Promise<void> {
  const { clock, delivery, signal } = context;
  const { issueId, key } = effect;
  let result: DeliveryResult;
  try {
    result = await delivery.deliver(
      {
        key,
        issueIdentifier: effect.identifier,
        issueTitle: effect.title,
        workspace: effect.workspace,
      },
      signal,
    );
  } catch (error) {
    if (signal.aborted) return;
    const message = error instanceof Error ? error.message : String(error);
    result = { kind: "failed", message, retryable: isRetryable(error) };
  }
  if (signal.aborted && result.kind !== "delivered") return;
  context.post({ type: "delivery-ended", at: clock.now(), issueId, key, result });
}
