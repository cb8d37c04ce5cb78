import type { JsonValue } from "@signalbox/contracts";
import { isRecord } from "./canonical-text.ts";

/**
 * The plain JSON of a value that holds nothing else; keys without a value are left out. What is plain JSON as it is
 * comes back as it is, and not as a copy: like everything that a state holds, it is never changed in place.
 */
export function toJson(value: unknown): JsonValue {
  if (isJson(value)) return value;
  if (typeof value === "number") return null;
  if (Array.isArray(value)) return value.map(toJson);
  if (isRecord(value)) return recordToJson(value);
  throw new TypeError(`A ${typeof value} is not JSON.`);
}

/** The same of a record without one of its keys. */
export function recordToJson(
  record: Readonly<Record<string, unknown>>,
  leftOut: string | null = null,
): JsonValue {
  const json: Record<string, JsonValue> = {};
  for (const key of Object.keys(record)) {
    const part = record[key];
    if (part !== undefined && key !== leftOut) json[key] = toJson(part);
  }
  return json;
}

function isJson(value: unknown): value is JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  if (!isRecord(value)) return false;
  for (const key of Object.keys(value)) if (!isJson(value[key])) return false;
  return true;
}
