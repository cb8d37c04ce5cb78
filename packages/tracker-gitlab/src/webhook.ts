import { createHash, timingSafeEqual } from "node:crypto";
import type { WebhookReceipt, WebhookRequest } from "@signalbox/contracts";
import * as v from "valibot";
import type { ProjectName } from "./project-name.ts";

/** GitLab sends no larger ones. */
const maxBytes = 25 * 1_048_576;

const events: ReadonlySet<string> = new Set([
  "Issue Hook",
  "Confidential Issue Hook",
  "Note Hook",
  "Confidential Note Hook",
  "Work Item Hook",
]);

const numbered = v.object({ iid: v.optional(v.number()) });
const bodySchema = v.object({
  object_kind: v.optional(v.string()),
  project: v.optional(v.object({ id: v.number(), path_with_namespace: v.string() })),
  object_attributes: v.optional(numbered),
  issue: v.optional(numbered),
});

/**
 * Verifies a delivery and says which issues to look at. GitLab signs nothing: it sends the secret itself. The key is
 * what GitLab keeps when it delivers again, where it has one; else the body's hash.
 */
export function readWebhook(
  { headers, body }: WebhookRequest,
  expected: { readonly secret: string; readonly project: ProjectName },
): WebhookReceipt {
  if (body.byteLength > maxBytes) return refused(413, "the body is larger than 25 MB");
  const token = headers["x-gitlab-token"];
  if (token === undefined) return refused(401, "X-Gitlab-Token is missing");
  if (!isSameSecret(token, expected.secret)) return refused(401, "X-Gitlab-Token is another one");
  const text = decode(body);
  if (text === null) return refused(400, "the body is not UTF-8");
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), bodySchema), text);
  if (!parsed.success) return refused(400, "the body is no delivery in JSON");
  const event = headers["x-gitlab-event"] ?? "";
  if (!events.has(event)) {
    return { kind: "ignored", reason: `the event ${event || "without a name"}` };
  }
  const { project, object_attributes, issue, object_kind } = parsed.output;
  if (project !== undefined && !isSameProject(project, expected.project.name)) {
    return { kind: "ignored", reason: `the project ${project.path_with_namespace}` };
  }
  if (object_kind === "note" && issue === undefined) {
    return { kind: "ignored", reason: "a comment on something else than an issue" };
  }
  const iid = object_kind === "note" ? issue?.iid : object_attributes?.iid;
  return {
    kind: "accepted",
    deliveryKey: keyOf(headers, body),
    issueIds: iid === undefined ? null : [String(iid)],
    signals: [],
  };
}

/** In a time that does not tell how much of it is right. */
function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(hashOf(one), hashOf(other));
}

function isSameProject(
  project: { readonly id: number; readonly path_with_namespace: string },
  name: string,
): boolean {
  const path = project.path_with_namespace.toLowerCase();
  return name === String(project.id) || name.toLowerCase() === path;
}

/** Hooks that a hook has set off share an event's UUID: the body tells them apart. */
function keyOf(headers: WebhookRequest["headers"], body: Uint8Array): string {
  const once = headers["idempotency-key"]?.trim();
  if (once !== undefined && once !== "") return `once:${once.slice(0, 200)}`;
  const hash = hashOf(body).toString("hex");
  const event = headers["x-gitlab-event-uuid"]?.trim().slice(0, 200) ?? "";
  return event === "" ? `body:${hash}` : `event:${event}:${hash}`;
}

function hashOf(value: string | Uint8Array): Buffer {
  return createHash("sha256").update(value).digest();
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
