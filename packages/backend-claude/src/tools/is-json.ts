import type { JsonValue } from "@signalbox/contracts";

/** Of a part of something that was parsed from JSON. */
export function isJson(parsed: unknown): parsed is JsonValue {
  return parsed !== undefined;
}
