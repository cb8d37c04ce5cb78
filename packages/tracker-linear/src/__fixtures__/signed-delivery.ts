import { createHmac } from "node:crypto";
import type { WebhookRequest } from "@signalbox/contracts";

/** A delivery as Linear signs it. `at`: when, epoch milliseconds. */
export function signedDelivery(
  payload: Readonly<Record<string, unknown>>,
  secret: string,
  at: number = Date.now(),
): WebhookRequest {
  const body = Buffer.from(JSON.stringify({ ...payload, webhookTimestamp: at, webhookId: "hook" }));
  const signature = createHmac("sha256", secret).update(body).digest("hex");
  return { headers: { "linear-signature": signature, "content-type": "application/json" }, body };
}
