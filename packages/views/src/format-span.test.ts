import { describe, expect, it } from "vitest";
import { formatDue, formatInstant, formatSpan } from "./format-span.ts";

describe("spans and instants for people", () => {
  it.each([
    [-5, "0 s"],
    [0, "0 s"],
    [449, "0.4 s"],
    [9_999, "9.9 s"],
    [12_700, "12 s"],
    [60_000, "1 min"],
    [200_000, "3 min 20 s"],
    [7_500_000, "2 h 5 min"],
    [273_600_000, "3 d 4 h"],
  ])("%d ms reads %s", (milliseconds, text) => {
    expect(formatSpan(milliseconds)).toBe(text);
  });

  it("says how long it is until a moment, and when that is", () => {
    const at = Date.UTC(2026, 0, 1);
    expect(formatDue(at + 8_000, at)).toBe("in 8 s (2026-01-01T00:00:08Z)");
    expect(formatDue(at, at)).toBe("now");
    expect(formatInstant(at + 999)).toBe("2026-01-01T00:00:00Z");
  });
});
