import type { JsonValue } from "@signalbox/contracts";

/** The plain JSON of a value that holds nothing else; keys without a value are left out. */
export function toJson(value: unknown): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "object") return containerToJson(value);
  throw new TypeError(`A ${typeof value} is not JSON.`);
}

function containerToJson(value: object): JsonValue {
  if (Array.isArray(value)) return value.map(toJson);
  const json: Record<string, JsonValue> = {};
  for (const [key, part] of Object.entries(value)) {
    if (part !== undefined) json[key] = toJson(part);
  }
  return json;
}
