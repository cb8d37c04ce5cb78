import * as v from "valibot";
import type { AppServerMessage, RequestId } from "./app-server-message.ts";
import { parseNotification } from "./parse-notification.ts";

const requestId = v.union([v.string(), v.number()]);
const response = v.object({ id: v.number(), result: v.unknown() });
const refusal = v.object({
  id: v.number(),
  error: v.object({
    code: v.fallback(v.number(), 0),
    message: v.fallback(v.string(), "The request was refused."),
  }),
});
const request = v.object({ id: requestId, method: v.string(), params: v.unknown() });
const notification = v.object({ method: v.string(), params: v.unknown() });

/** Reads one line; `null` for what is no message or means nothing here. Never throws. */
export function parseMessage(line: string): AppServerMessage | null {
  const value = parseJson(line);
  if (typeof value !== "object" || value === null) return null;
  const params: unknown = "params" in value ? value.params : null;
  if ("method" in value) {
    const asked = "id" in value ? v.safeParse(request, { ...value, params }) : null;
    if (asked?.success === true) return { kind: "request", ...asked.output };
    const told = v.safeParse(notification, { ...value, params });
    if (!told.success) return null;
    const known = parseNotification(told.output.method, told.output.params);
    return known === null ? null : { kind: "notification", notification: known };
  }
  const refused = v.safeParse(refusal, value);
  if (refused.success) {
    const { id, error } = refused.output;
    return { kind: "response", id, reply: { kind: "refused", ...error } };
  }
  const answered = v.safeParse(response, value);
  if (!answered.success) return null;
  const { id, result } = answered.output;
  return { kind: "response", id, reply: { kind: "result", result } };
}

/** What can be told of a line that was cut: Codex writes its method first, then the id of a request. */
export function parseHead(line: string): { method: string; id: RequestId | null } | null {
  const found = /^\{"method":"([^"\\]+)"(?:,"id":(\d{1,15}|"[^"\\]*"))?,/.exec(line);
  if (found === null) return null;
  const [, method = "", id] = found;
  if (id === undefined) return { method, id: null };
  return { method, id: id.startsWith('"') ? id.slice(1, -1) : Number(id) };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
