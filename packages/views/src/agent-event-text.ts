import type { AgentEvent, AgentUsage, JsonValue } from "@signalbox/contracts";
import { formatCount } from "./format-count.ts";
import { formatInstant } from "./format-span.ts";

/** An event of an agent in words. May have several lines. */
export interface AgentWords {
  /** One word for a margin: what kind of thing it is, or who says it. */
  readonly source:
    | "agent"
    | "user"
    | "session"
    | "tool"
    | "result"
    | "usage"
    | "quota"
    | "question"
    | "approval"
    | "notice";
  readonly level: "info" | "warn" | "error";
  readonly text: string;
}

const maxArgumentCharacters = 200;
/** How far an argument is looked for. */
const maxDepth = 3;
const maxResultLines = 5;
const maxResultCharacters = 500;

/**
 * What an agent said or did, in words: a tool's call with the argument that tells most, its result by its beginning. Throws
 * where it is no event of the contract.
 */
export function agentEventText(event: AgentEvent): AgentWords {
  switch (event.type) {
    case "session-started":
      return info("session", sessionText(event));
    case "message":
      return info(event.role, event.text.trim());
    case "tool-call":
      return info("tool", `${event.tool} ${argumentOf(event.input)}`.trim());
    case "tool-result":
      return {
        source: "result",
        level: event.isError ? "error" : "info",
        text: resultText(event.text, event.isError),
      };
    case "usage":
      return info("usage", usageText(event.usage));
    case "rate-limit":
      return info("quota", quotaText(event));
    case "input-requested":
      return { source: "question", level: "warn", text: event.question.trim() };
    case "approval-requested":
      return {
        source: "approval",
        level: event.decision === "denied" ? "warn" : "info",
        text: `${event.decision}: ${event.action.trim()}`,
      };
    case "notice":
      return { source: "notice", level: event.level, text: event.text.trim() };
    default:
      throw new TypeError(`There are no words for ${JSON.stringify(event satisfies never)}.`);
  }
}

function info(source: AgentWords["source"], text: string): AgentWords {
  return { source, level: "info", text };
}

function sessionText({
  sessionId,
  model,
}: Extract<AgentEvent, { type: "session-started" }>): string {
  const parts = [sessionId, model === null ? null : `model ${model}`];
  return parts.filter((part) => part !== null).join(", ") || "started";
}

/** What tools of agents call the argument that says what they are about, the most telling one first. */
const tellingKeys = [
  "command",
  "cmd",
  "file_path",
  "filePath",
  "notebook_path",
  "path",
  "paths",
  "pattern",
  "query",
  "url",
  "question",
  "description",
  "to",
  "body",
  "text",
  "prompt",
  "title",
];

function argumentOf(input: JsonValue): string {
  if (input === null) return "";
  if (typeof input !== "object") return clipLine(String(input));
  const telling = tellingArgument(input, maxDepth);
  if (telling !== null) return clipLine(telling);
  const json = JSON.stringify(input);
  return json === "{}" || json === "[]" ? "" : clipLine(json);
}

/** By name; else of what is nested in it, all of a list. */
function tellingArgument(input: JsonValue, depth: number): string | null {
  if (typeof input !== "object" || input === null || depth === 0) return null;
  if (Array.isArray(input)) {
    const found = input.map((each) => tellingArgument(each, depth - 1)).filter(isText);
    return found.length === 0 ? null : found.join(", ");
  }
  const entries = new Map(Object.entries(input));
  const named = tellingKeys.map((key) => plainValue(entries.get(key))).find(isText);
  if (named !== undefined) return named;
  const nested = [...entries.values()].map((value) => tellingArgument(value, depth - 1));
  return nested.find(isText) ?? null;
}

/** A text, or a command that is a list of words. */
function plainValue(value: JsonValue | undefined): string | null {
  if (typeof value === "string") return value;
  if (!Array.isArray(value) || !value.every((word) => typeof word === "string")) return null;
  return value.join(" ");
}

function isText(value: string | null): value is string {
  return value !== null && value.trim() !== "";
}

/** The first line with something in it. */
function clipLine(text: string): string {
  const lines = text.trim().split("\n");
  const more = lines.length > 1 ? " …" : "";
  const [line = ""] = lines;
  return line.length <= maxArgumentCharacters
    ? `${line}${more}`
    : `${cut(line, maxArgumentCharacters)}…`;
}

function resultText(text: string, isError: boolean): string {
  const head = isError ? "failed: " : "";
  const lines = text.trim().split("\n");
  if (lines.join("") === "") return isError ? "failed" : "done";
  const shown = cut(lines.slice(0, maxResultLines).join("\n"), maxResultCharacters);
  const left = text.trim().length - shown.length;
  return left === 0 ? `${head}${shown}` : `${head}${shown}… (${counted(left)} more)`;
}

function counted(characters: number): string {
  return `${formatCount(characters)} character${characters === 1 ? "" : "s"}`;
}

function usageText(usage: AgentUsage): string {
  const { inputTokens, cacheReadTokens, cacheWriteTokens, outputTokens, costUsd } = usage;
  const cached = cacheReadTokens + cacheWriteTokens;
  return [
    `${formatCount(inputTokens)} tokens in`,
    ...(cached === 0 ? [] : [`${formatCount(cached)} by the cache`]),
    `${formatCount(outputTokens)} out`,
    ...(costUsd === null ? [] : [`$${costUsd.toFixed(4)}`]),
  ].join(", ");
}

function quotaText({
  pool,
  usedPercent,
  resetsAt,
}: Extract<AgentEvent, { type: "rate-limit" }>): string {
  const used = usedPercent === null ? "" : `: ${Math.round(usedPercent)} % used`;
  const reset = resetsAt === null ? "" : `, resets at ${formatInstant(resetsAt)}`;
  return `${pool}${used}${reset}`;
}

/** The beginning, without half a character at its end. */
function cut(text: string, characters: number): string {
  return text.slice(0, characters).replace(/[\uD800-\uDBFF]$/, "");
}
