import { expect, it } from "vitest";
import * as fc from "fast-check";
import { LossyTracker, lossyMoves } from "../__fixtures__/lossy-tracker.ts";

const mappings = fc.constantFrom(
  { running: "doing", succeeded: "done", needsHuman: "needs-human" },
  { succeeded: "done", needsHuman: "needs-human" },
  { running: "doing", succeeded: "done" },
);

const ways = fc.array(fc.tuple(fc.constantFrom(...lossyMoves), fc.nat(5)), {
  minLength: 8,
  maxLength: 60,
  size: "max",
});

it("whatever gets lost or comes late, what was said last holds, and people have the last word", () => {
  const law = fc.property(mappings, ways, (states, way) => {
    const tracker = new LossyTracker(states);
    for (const [move, n] of way) tracker.play(move, n);
    tracker.settle();
    if (tracker.problems.length > 0) throw new Error(tracker.problems.join("\n"));
  });
  expect(fc.defaultReportMessage(fc.check(law, { numRuns: 1_500 })) ?? null).toBeNull();
});
