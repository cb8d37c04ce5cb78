import { RequestError } from "@agentclientprotocol/sdk";
import type { FailureCode, TurnOutcome } from "@signalbox/contracts";
import { toJson } from "./to-json.ts";

const maxMessageCharacters = 2_000;
/** The protocol's own code for "log in first". */
const authRequired = -32_000;

interface Kind {
  readonly pattern: RegExp;
  readonly code: FailureCode | "quota";
  readonly retryable: boolean;
}

/**
 * The protocol has no codes for what a model's service refuses: its words are all there is. The first that fits decides, so
 * the more telling ones come first.
 */
const kinds: readonly Kind[] = [
  {
    pattern: /credit balance|billing|payment required|insufficient (?:funds|credit)|\b402\b/i,
    code: "billing",
    retryable: false,
  },
  {
    pattern:
      /context (?:window|length)|(?:prompt|input|request) (?:is )?too (?:long|large)|ran out of room|maximum context|(?:context|input) exceeds|exceeds? the (?:maximum|context)/i,
    code: "context-too-long",
    retryable: false,
  },
  {
    pattern:
      /\b429\b|rate.?limit|too many requests|quota|usage limit|hit your (?:\w+ )?limit|resource.?exhausted/i,
    code: "quota",
    retryable: true,
  },
  {
    pattern:
      /\b40[13]\b|unauthori[sz]ed|unauthenticated|authenticat|api.?key|not logged in|please (?:log|sign) ?in|permission.?denied/i,
    code: "auth",
    retryable: false,
  },
  {
    pattern:
      /econn|enotfound|socket|fetch failed|connection (?:dropped|reset|refused|closed|error)|timed? ?out|disconnected/i,
    code: "transport",
    retryable: true,
  },
  {
    pattern: /overloaded|\b(?:529|503|502|500)\b|unavailable|server.?error|high demand/i,
    code: "overloaded",
    retryable: true,
  },
  {
    pattern: /model.{0,40}(?:not found|not exist|unknown|not supported)|no such model/i,
    code: "setup",
    retryable: false,
  },
];

/** What an agent's refusal to do what it was asked for means. */
export function failureOf(
  error: unknown,
  pool: string,
  now: number = Date.now(),
): Extract<TurnOutcome, { kind: "failed" | "quota-exhausted" }> {
  const message = messageOf(error);
  const isLogin = error instanceof RequestError && error.code === authRequired;
  const kind = kinds.find(({ pattern }) => pattern.test(message));
  // Servers use the code of "log in first" for other things too.
  if (kind?.code === "quota") {
    return { kind: "quota-exhausted", pool, resetsAt: resetOf(message, now) };
  }
  if (kind === undefined && isLogin) return failed("auth", false, message);
  if (kind === undefined) return failed("agent-error", true, message);
  return failed(kind.code, kind.retryable, message);
}

/** The error and what comes with it, clipped. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const data = error instanceof RequestError ? detailOf(error.data) : "";
  const text =
    data === "" || error.message.includes(data) ? error.message : `${error.message}: ${data}`;
  return text.length <= maxMessageCharacters ? text : `${text.slice(0, maxMessageCharacters - 1)}…`;
}

function detailOf(data: unknown): string {
  const json = toJson(data);
  if (json === null || typeof json === "string") return json ?? "";
  if (typeof json === "object" && "details" in json && typeof json["details"] === "string") {
    return json["details"];
  }
  return JSON.stringify(json);
}

/** Seconds to wait, as services say it in words. */
function resetOf(message: string, now: number): number | null {
  const seconds = /(?:retry|try again|resets?)\D{0,20}(\d+(?:\.\d+)?) ?s(?:ec|\b)/i.exec(
    message,
  )?.[1];
  return seconds === undefined ? null : now + Math.round(Number(seconds) * 1000);
}

function failed(
  code: FailureCode,
  retryable: boolean,
  message: string,
): Extract<TurnOutcome, { kind: "failed" }> {
  return { kind: "failed", code, retryable, message };
}
