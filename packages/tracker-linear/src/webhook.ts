import { createHash } from "node:crypto";
import type { TrackerSignal, WebhookReceipt, WebhookRequest } from "@signalbox/contracts";
import * as v from "valibot";

/** Bytes; Linear's own deliveries are far below. */
const longestBody = 5 * 1024 * 1024;

/**
 * Verifies a delivery with the SDK: its signature over the bytes, and that it was signed less than a minute ago. The
 * delivery's key follows from the signed bytes, so that a replay has the same one, whatever its headers say.
 */
export async function readWebhook(
  { headers, body }: WebhookRequest,
  secret: string,
): Promise<WebhookReceipt> {
  if (body.byteLength > longestBody)
    return { kind: "refused", status: 413, reason: "longer than 5 MiB" };
  const signature = headers["linear-signature"];
  if (signature === undefined) return { kind: "refused", status: 401, reason: "not signed" };
  const { LinearWebhookClient } = await import("@linear/sdk/webhooks");
  const bytes = Buffer.from(body);
  try {
    new LinearWebhookClient(secret).verify(bytes, signature);
  } catch (error) {
    if (error instanceof SyntaxError) return unreadable;
    const isLate = error instanceof Error && error.message.includes("timestamp");
    return isLate
      ? { kind: "refused", status: 400, reason: "signed more than a minute ago, or not dated" }
      : { kind: "refused", status: 401, reason: "the signature does not fit the body" };
  }
  const delivery = v.safeParse(deliverySchema, JSON.parse(bytes.toString()));
  if (!delivery.success) return unreadable;
  const issueIds = issuesIn(delivery.output);
  if (issueIds === undefined) {
    return {
      kind: "ignored",
      reason: `deliveries of type ${delivery.output.type} say nothing about issues`,
    };
  }
  const deliveryKey = createHash("sha256").update(bytes).digest("hex");
  return { kind: "accepted", deliveryKey, issueIds, signals: signalsIn(delivery.output) };
}

const unreadable: WebhookReceipt = {
  kind: "refused",
  status: 400,
  reason: "not a delivery of Linear's",
};

/** `null`: anything may have changed; `undefined`: nothing of interest has. */
function issuesIn({ type, data, agentSession }: Delivery): readonly string[] | null | undefined {
  switch (type) {
    case "Issue":
      return listOf(data?.id);
    case "Comment":
    case "Attachment":
      return listOf(data?.issueId ?? data?.issue?.id);
    case "AgentSessionEvent":
      return listOf(agentSession?.issueId ?? agentSession?.issue?.id);
    case "IssueLabel":
    case "IssueRelation":
      return null;
    default:
      return undefined;
  }
}

function listOf(id: string | null | undefined): readonly string[] | null {
  return id === undefined || id === null ? null : [id];
}

function signalsIn({ agentSession, agentActivity }: Delivery): readonly TrackerSignal[] {
  const issueId = agentSession?.issueId ?? agentSession?.issue?.id;
  if (agentActivity?.signal !== "stop" || issueId === undefined || issueId === null) return [];
  return [{ kind: "stop", issueId, key: agentActivity.id, at: agentActivity.createdAt }];
}

const id = v.optional(v.nullable(v.string()), null);
const issue = v.optional(v.nullable(v.object({ id: v.string() })), null);

const deliverySchema = v.object({
  type: v.string(),
  data: v.optional(v.object({ id, issueId: id, issue })),
  agentSession: v.optional(v.object({ id: v.string(), issueId: id, issue })),
  agentActivity: v.optional(
    v.nullable(
      v.object({
        id: v.string(),
        createdAt: v.pipe(v.string(), v.isoTimestamp()),
        signal: v.optional(v.nullable(v.string()), null),
      }),
    ),
  ),
});

type Delivery = v.InferOutput<typeof deliverySchema>;
