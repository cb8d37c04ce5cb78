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
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, toJson(part)]),
  );
}
