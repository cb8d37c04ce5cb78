import { describe, expect, it } from "vitest";
import { UsageError } from "../terminal/failure.ts";
import { parseMoment, parsePoint } from "./moment.ts";

const now = Date.parse("2026-06-15T12:00:00Z");

describe("a time", () => {
  it.each([
    ["2026-06-15T11:00:00Z", now - 3_600_000],
    ["2026-06-15T13:00:00+02:00", now - 3_600_000],
    [String(now - 5), now - 5],
    ["-90s", now - 90_000],
    ["-5m", now - 300_000],
    ["-5min", now - 300_000],
    ["-1.5h", now - 5_400_000],
    ["-2d", now - 2 * 86_400_000],
    ["-1w", now - 7 * 86_400_000],
    ["2026-06-14", new Date(2026, 5, 14).getTime()],
    ["2026-06-14T08:30", new Date(2026, 5, 14, 8, 30).getTime()],
  ])("%s", (text, expected) => {
    expect(parseMoment(text, now)).toBe(expected);
  });

  it.each(["", "yesterday", "2h", "-2y", "-h", "12", "2026-13-01", "2026-06-16", "9".repeat(20)])(
    "is not: %s",
    (text) => {
      expect(() => parseMoment(text, now)).toThrow(UsageError);
    },
  );
});

it("a small number is an entry", () => {
  expect(parsePoint("42", now)).toEqual({ kind: "entry", seq: 42 });
  expect(parsePoint(String(now), now)).toEqual({ kind: "time", at: now });
  expect(parsePoint("-2h", now)).toEqual({ kind: "time", at: now - 7_200_000 });
});
