import type { ReplyHeaders } from "./reply.ts";

/** `Retry-After` in milliseconds from now: seconds, or an HTTP date. `null` where there is none that can be read. */
export function retryAfterMs(headers: ReplyHeaders, now: number): number | null {
  const value = headers["retry-after"]?.trim() ?? "";
  if (value === "") return null;
  if (/^\d+$/.test(value)) return Number(value) * 1_000;
  const at = Date.parse(value);
  return Number.isNaN(at) ? null : Math.max(at - serverNow(headers, now), 0);
}

/** Epoch milliseconds by the reply's own `Date`, so that a wrong clock here does not matter; else `now`. */
export function serverNow(headers: ReplyHeaders, now: number): number {
  const at = Date.parse(headers["date"] ?? "");
  return Number.isNaN(at) ? now : at;
}
