import { describe, expect, it } from "vitest";
import { UsageError } from "../terminal/failure.ts";
import { parseMoment, parsePoint } from "./moment.ts";

const now = new Date(2026, 5, 15, 12).getTime();

describe("a time", () => {
  it.each([
    [new Date(now - 3_600_000).toISOString(), now - 3_600_000],
    ["2026-06-14T13:00:00+02:00", Date.parse("2026-06-14T11:00:00Z")],
    [String(now - 5), now - 5],
    ["-90s", now - 90_000],
    ["-5m", now - 300_000],
    ["-5min", now - 300_000],
    ["-1.5h", now - 5_400_000],
    ["-2d", now - 2 * 86_400_000],
    ["-1w", now - 7 * 86_400_000],
    ["0:05", new Date(2026, 5, 15, 0, 5).getTime()],
    ["00:05:07", new Date(2026, 5, 15, 0, 5, 7).getTime()],
    ["2026-06-14", new Date(2026, 5, 14).getTime()],
    ["2026-06-14T08:30", new Date(2026, 5, 14, 8, 30).getTime()],
  ])("%s", (text, expected) => {
    expect(parseMoment(text, now)).toBe(expected);
  });

  it.each([
    "",
    "yesterday",
    "2h",
    "-2y",
    "-h",
    "12",
    "24:00",
    "23:59",
    "2026-13-01",
    "2026-06-16",
    "9".repeat(20),
  ])("is not: %s", (text) => {
    expect(() => parseMoment(text, now)).toThrow(UsageError);
  });
});

it("a small number is an entry", () => {
  expect(parsePoint("42", now)).toEqual({ kind: "entry", seq: 42 });
  expect(parsePoint(String(now), now)).toEqual({ kind: "time", at: now });
  expect(parsePoint("-2h", now)).toEqual({ kind: "time", at: now - 7_200_000 });
});
