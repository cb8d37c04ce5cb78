import { UsageError } from "../terminal/failure.ts";

const unitMs: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
};
/** Numbers below are entries, others epoch milliseconds: the year 1973 and later. */
const firstInstant = 100_000_000_000;

/** A place in the journal: an entry, or a time. */
export type Point =
  | { readonly kind: "entry"; readonly seq: number }
  | { readonly kind: "time"; readonly at: number };

/**
 * The time that a person means, in epoch milliseconds: ISO 8601 (local where it names no zone), epoch milliseconds, or
 * so long before `now`: `-90s`, `-5m`, `-2h`, `-1d`; or a time of this day: `12:55`. Throws `UsageError` for anything else, and for the future.
 */
export function parseMoment(text: string, now: number): number {
  const at = instantOf(text.trim(), now);
  if (at === null) {
    throw new UsageError(
      `"${text}" is no time: give 2026-01-31T12:00Z, 12:55 of today, epoch milliseconds, or -2h (s, m, h, d, w)`,
    );
  }
  if (at > now) throw new UsageError(`"${text}" lies in the future`);
  return at;
}

/** As `parseMoment`, or the number of an entry. */
export function parsePoint(text: string, now: number): Point {
  const seq = /^\d+$/.test(text) ? Number(text) : Infinity;
  return seq < firstInstant ? { kind: "entry", seq } : { kind: "time", at: parseMoment(text, now) };
}

function instantOf(text: string, now: number): number | null {
  if (/^\d+$/.test(text)) {
    const at = Number(text);
    return at >= firstInstant && at <= 8.64e15 ? at : null;
  }
  const ago = /^-(\d+(?:\.\d+)?)([a-z]+)$/.exec(text);
  const unit = unitMs[ago?.[2] ?? ""];
  if (unit !== undefined) return Math.round(now - Number(ago?.[1]) * unit);
  const [, hours, minutes, seconds = "0"] =
    /^([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(text) ?? [];
  if (hours !== undefined)
    return new Date(now).setHours(Number(hours), Number(minutes), Number(seconds), 0);
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  // A date alone would be read as UTC.
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text);
  return Number.isNaN(at) ? null : at;
}
