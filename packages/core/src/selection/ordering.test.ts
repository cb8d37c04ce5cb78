import { describe, expect, it } from "vitest";
import * as fc from "fast-check";
import { issue } from "../__fixtures__/line.ts";
import { parseInstant } from "../issue/instant.ts";
import { type RankedIssue, compareRank, selectCandidates, sortCandidates } from "./ordering.ts";

describe("the dispatch order", () => {
  it("R-401 priority 1 to 4 first, then the oldest, then the identifier; null and others last", () => {
    const old = "2030-01-01T00:00:00Z";
    const young = "2030-01-02T00:00:00Z";
    const ranked = [
      issue("p1", { priority: 1, createdAt: young }),
      issue("p2", { priority: 2, createdAt: young }),
      issue("p4-a", { priority: 4, createdAt: old }),
      issue("p4-b", { priority: 4, createdAt: old }),
      issue("p4-young", { priority: 4, createdAt: young }),
      issue("p4-undated", { priority: 4, createdAt: null }),
      issue("p0", { priority: 0, createdAt: old }),
      issue("p9", { priority: 9, createdAt: old }),
      issue("pnull", { priority: null, createdAt: old }),
    ];
    expect(sortCandidates(ranked.toReversed()).map(({ id }) => id)).toEqual(
      ranked.map(({ id }) => id),
    );
  });

  it("compares instants, not their spelling", () => {
    const early = issue("a", { createdAt: "2030-01-01T01:00:00+02:00" });
    const late = issue("b", { createdAt: "2030-01-01T00:00:00Z" });
    expect(sortCandidates([late, early]).map(({ id }) => id)).toEqual(["a", "b"]);
  });

  it("leaves the list that it is given alone and takes no more than there are slots", () => {
    const given = Object.freeze([issue("b"), issue("a")]);
    expect(selectCandidates(sortCandidates(given), 1).map(({ id }) => id)).toEqual(["a"]);
    expect(selectCandidates(given, -1)).toEqual([]);
  });

  it("is a total order", () => {
    const ranked = fc.record({
      id: fc.string({ maxLength: 2 }),
      identifier: fc.string({ maxLength: 2 }),
      priority: fc.option(fc.integer({ min: -1, max: 6 })),
      createdAt: fc.option(fc.integer({ min: 0, max: 3 })),
    });
    fc.assert(
      fc.property(ranked, ranked, ranked, (a, b, c) => {
        const ab = compareRank(a, b);
        expect(Math.sign(compareRank(b, a)) + Math.sign(ab)).toBe(0);
        expect(ab === 0).toBe(a.id === b.id && isSameRank(a, b));
        const isChain = ab <= 0 && compareRank(b, c) <= 0;
        expect(!isChain || compareRank(a, c) <= 0).toBe(true);
      }),
    );
  });
});

describe("instants", () => {
  it("agree with the platform's reading of RFC 3339", () => {
    const dates = fc.date({
      min: new Date("1970-01-01T00:00:00Z"),
      max: new Date("2199-12-31T23:59:59Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, fc.integer({ min: -720, max: 840 }), (date, offset) => {
        const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
        const minutes = Math.abs(offset);
        const zone = `${offset < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
        expect(parseInstant(local + zone)).toBe(date.getTime());
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
      }),
    );
    expect(parseInstant("yesterday")).toBeNull();
  });
});

function two(part: number): string {
  return String(Math.floor(part)).padStart(2, "0");
}

/** Equal but for the id: priorities out of range are all one. */
function isSameRank(a: RankedIssue, b: RankedIssue): boolean {
  return (
    known(a.priority) === known(b.priority) &&
    a.createdAt === b.createdAt &&
    a.identifier === b.identifier
  );
}

function known(priority: number | null): number {
  return priority !== null && priority >= 1 && priority <= 4 ? priority : 5;
}
