import type { JsonValue } from "@signalbox/contracts";

/** Deeper than anybody reads, and far from where a stack ends. */
const maxDepth = 64;

/** A value that `JSON.parse` has made, without what is nested too deep to be written again. */
export function toJson(value: unknown, depth = 0): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value !== "object") return null;
  if (depth >= maxDepth) return "…";
  if (Array.isArray(value)) return value.map((item: unknown) => toJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]),
  );
}
