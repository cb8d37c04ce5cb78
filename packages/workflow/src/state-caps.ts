import type { JsonObject } from "@signalbox/contracts";
import type { Findings, KeyPath } from "./findings.ts";

/**
 * Caps by state, keys trimmed and lower-cased. An entry that is no whole number above 0 is ignored with a warning;
 * of two spellings of one state the smaller cap holds.
 */
export function readStateCaps(
  written: JsonObject,
  path: KeyPath,
  findings: Findings,
): Readonly<Record<string, number>> {
  const caps = new Map<string, number>();
  for (const [key, value] of Object.entries(written)) {
    const state = key.trim().toLowerCase();
    const cap = typeof value === "string" && /^\d{1,9}$/.test(value.trim()) ? Number(value) : value;
    if (typeof cap !== "number" || !Number.isSafeInteger(cap) || cap < 1 || state === "") {
      findings.addForKey("warning", "ignored_cap", [...path, key], {
        message: "is ignored.",
        remedy: "Write a whole number above 0.",
      });
      continue;
    }
    const other = caps.get(state);
    if (other !== undefined) {
      findings.addForKey("warning", "repeated_cap", [...path, key], {
        message: "names the same state as another entry; the smaller cap holds.",
        remedy: "Keep one of them.",
      });
    }
    caps.set(state, Math.min(cap, other ?? cap));
  }
  return Object.fromEntries(caps);
}
