import type { AnyMessage } from "@agentclientprotocol/sdk";
import * as v from "valibot";

/** What a line of the agent is. */
export type RpcLine =
  /** What it says about a session, unread. */
  | { readonly kind: "update"; readonly parameters: unknown }
  | { readonly kind: "notification" }
  | { readonly kind: "request"; readonly id: RpcId; readonly message: AnyMessage }
  | { readonly kind: "response"; readonly id: RpcId; readonly message: AnyMessage };

export type RpcId = string | number | null;

const id = v.union([v.string(), v.pipe(v.number(), v.finite()), v.null()]);
const version = v.literal("2.0");
const request = v.object({
  jsonrpc: version,
  id,
  method: v.string(),
  params: v.optional(v.unknown()),
});
const notification = v.object({
  jsonrpc: version,
  method: v.string(),
  params: v.optional(v.unknown()),
});
const error = v.object({
  code: v.pipe(v.number(), v.integer()),
  message: v.string(),
  data: v.optional(v.unknown()),
});
const failure = v.object({ jsonrpc: version, id, error });
const success = v.object({ jsonrpc: version, id, result: v.unknown() });

/** Reads a line; `null` where it is no message: programs print other things too. Never throws. */
export function readRpcLine(line: string): RpcLine | null {
  const value = parse(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  if (v.is(notification, value) && !("id" in value)) {
    return value.method === "session/update"
      ? { kind: "update", parameters: value.params }
      : { kind: "notification" };
  }
  if (v.is(request, value)) return { kind: "request", id: value.id, message: value };
  if ("method" in value) return null;
  if (v.is(failure, value)) return { kind: "response", id: value.id, message: value };
  if (v.is(success, value)) return { kind: "response", id: value.id, message: value };
  return null;
}

const head = /"id"\s*:\s*(-?\d{1,15}|"(?:[^"\\]|\\.){0,200}")/;

/** Which message a line that was cut has begun: what waits for it has to be told. `null` where that cannot be seen. */
export function readCutLine(
  line: string,
): { readonly id: RpcId; readonly isRequest: boolean } | null {
  const start = line.slice(0, 1_000);
  const found = head.exec(start)?.[1];
  if (found === undefined) return null;
  const value = parse(found);
  return v.is(id, value) ? { id: value, isRequest: start.includes('"method"') } : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
