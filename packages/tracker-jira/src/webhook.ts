import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookReceipt, WebhookRequest } from "@signalbox/contracts";
import * as v from "valibot";
import type { JiraProject } from "./site.ts";

/** Jira sends no larger ones. */
const maxBytes = 25 * 1_048_576;

const events =
  /^(?:jira:issue_(?:created|updated|deleted)|comment_(?:created|updated|deleted)|issuelink_(?:created|deleted))$/;

const id = v.union([v.string(), v.pipe(v.number(), v.transform(String))]);
const bodySchema = v.object({
  webhookEvent: v.optional(v.string(), ""),
  issue: v.optional(
    v.object({
      id,
      fields: v.fallback(
        v.nullish(v.object({ project: v.fallback(v.nullish(v.object({ id }), null), null) }), null),
        null,
      ),
    }),
  ),
  issueLink: v.optional(v.object({ sourceIssueId: id, destinationIssueId: id })),
});

/**
 * Verifies a delivery by the HMAC of its body, and says which issues to look at. The key is what Jira keeps when it
 * delivers again, with the body's hash, since the identifier itself is not signed.
 */
export function readWebhook(
  { headers, body }: WebhookRequest,
  expected: { readonly secret: string; readonly project: JiraProject | null },
): WebhookReceipt {
  if (body.byteLength > maxBytes) return refused(413, "the body is larger than 25 MB");
  const signature = headers["x-hub-signature"];
  if (signature === undefined) return refused(401, "X-Hub-Signature is missing");
  if (!isSignedBy(expected.secret, body, signature)) {
    return refused(401, "X-Hub-Signature is no HMAC by SHA-256 of this body");
  }
  const text = decode(body);
  if (text === null) return refused(400, "the body is not UTF-8");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), bodySchema), text);
  if (!parsed.success) return refused(400, "the body is no delivery in JSON");
  const { webhookEvent, issue, issueLink } = parsed.output;
  if (!events.test(webhookEvent)) {
    return {
      kind: "ignored",
      reason: `the event ${webhookEvent.slice(0, 100) || "without a name"}`,
    };
  }
  const project = issue?.fields?.project?.id ?? null;
  if (project !== null && expected.project !== null && project !== expected.project.id) {
    return { kind: "ignored", reason: "an issue of another project" };
  }
  const ids = [issue?.id, issueLink?.sourceIssueId, issueLink?.destinationIssueId];
  const issueIds = ids.filter((one) => one !== undefined);
  return {
    kind: "accepted",
    deliveryKey: keyOf(headers, body),
    issueIds: issueIds.length === 0 ? null : issueIds,
    signals: [],
  };
}

/** In a time that does not tell how much of it is right. */
function isSignedBy(secret: string, body: Uint8Array, signature: string): boolean {
  const told = /^sha256=([0-9a-f]{64})$/i.exec(signature.trim())?.[1] ?? "";
  const right = createHmac("sha256", secret).update(body).digest();
  return told !== "" && timingSafeEqual(Buffer.from(told, "hex"), right);
}

function keyOf(headers: WebhookRequest["headers"], body: Uint8Array): string {
  const hash = createHash("sha256").update(body).digest("hex");
  const identifier = headers["x-atlassian-webhook-identifier"]?.trim().slice(0, 200) ?? "";
  return identifier === "" ? `body:${hash}` : `event:${identifier}:${hash}`;
}

function refused(status: 400 | 401 | 413, reason: string): WebhookReceipt {
  return { kind: "refused", status, reason };
}

function decode(body: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}
