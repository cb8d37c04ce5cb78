import type { JsonValue } from "@signalbox/contracts";
import { isRecord } from "./canonical-text.ts";

/** The plain JSON of a value that holds nothing else; keys without a value are left out. */
export function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(toJson);
  if (isRecord(value)) return recordToJson(value);
  throw new TypeError(`A ${typeof value} is not JSON.`);
}

function recordToJson(record: Readonly<Record<string, unknown>>): JsonValue {
  const json: Record<string, JsonValue> = {};
  for (const key of Object.keys(record)) {
    const part = record[key];
    if (part !== undefined) json[key] = toJson(part);
  }
  return json;
}
