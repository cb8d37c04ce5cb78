import type { WebhookReceipt, WebhookRequest } from "@signalbox/contracts";
import { verify } from "@octokit/webhooks-methods";
import * as v from "valibot";

/** GitHub sends no larger ones. */
const maxBytes = 25 * 1_048_576;

const events: ReadonlySet<string> = new Set([
  "issues",
  "issue_comment",
  "issue_dependencies",
  "sub_issues",
  "label",
  "projects_v2_item",
]);

const issueSchema = v.object({ number: v.number(), pull_request: v.optional(v.unknown()) });
const bodySchema = v.object({
  repository: v.optional(v.object({ full_name: v.string() })),
  issue: v.optional(issueSchema),
  blocked_issue: v.optional(issueSchema),
  parent_issue: v.optional(issueSchema),
});

/**
 * Verifies a delivery and says which issues to look at. The key of a delivery is its signature: `X-GitHub-Delivery` is
 * not signed, so that who replays a body could give it any.
 */
export async function readWebhook(
  { headers, body }: WebhookRequest,
  expected: { readonly secret: string; readonly fullName: string },
): Promise<WebhookReceipt> {
  if (body.byteLength > maxBytes) return refused(413, "the body is larger than 25 MB");
  const text = decode(body);
  if (text === null) return refused(400, "the body is not UTF-8");
  const signature = headers["x-hub-signature-256"] ?? "";
  if (!/^sha256=[\da-f]{64}$/i.test(signature))
    return refused(401, "X-Hub-Signature-256 is missing");
  if (text === "" || !(await verify(expected.secret, text, signature))) {
    return refused(401, "the signature does not fit the body");
  }
  const event = headers["x-github-event"] ?? "";
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), bodySchema), text);
  if (!parsed.success)
    return refused(400, "the body is no delivery in JSON: choose application/json");
  if (!events.has(event))
    return { kind: "ignored", reason: `the event ${event || "without a name"}` };
  const { repository, issue, blocked_issue, parent_issue } = parsed.output;
  if (
    repository !== undefined &&
    repository.full_name.toLowerCase() !== expected.fullName.toLowerCase()
  ) {
    return { kind: "ignored", reason: `the repository ${repository.full_name}` };
  }
  if (issue?.pull_request !== undefined) return { kind: "ignored", reason: "a pull request" };
  const numbers = [issue, blocked_issue, parent_issue].flatMap((found) => found?.number ?? []);
  const issueIds = numbers.length === 0 ? null : [...new Set(numbers)].map(String);
  return { kind: "accepted", deliveryKey: signature.toLowerCase(), issueIds, signals: [] };
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
