import { describe, expect, it } from "vitest";
import { settle, SimulatedClock } from "./__fixtures__/simulated-clock.ts";
import { IdleLatch } from "./idle-latch.ts";

function watched(latch: IdleLatch): { isIdle: boolean } {
  const seen = { isIdle: false };
  const watch = async (): Promise<void> => {
    await latch.idle();
    seen.isIdle = true;
  };
  void watch();
  return seen;
}

describe("IdleLatch", () => {
  it("is idle at once where nothing was ever under way", async () => {
    const seen = watched(new IdleLatch(new SimulatedClock(), 100));
    await settle();
    expect(seen.isIdle).toBe(true);
  });

  it("is idle when all has been over for a while, and nothing came in between", async () => {
    const clock = new SimulatedClock();
    const latch = new IdleLatch(clock, 100);
    latch.add("one");
    latch.add("two");
    const seen = watched(latch);
    latch.delete("one");
    await clock.advance(500);
    expect(seen.isIdle).toBe(false);
    latch.delete("two");
    await clock.advance(60);
    latch.add("three");
    latch.delete("three");
    await clock.advance(60);
    expect(seen.isIdle).toBe(false);
    await clock.advance(60);
    expect(seen.isIdle).toBe(true);
  });

  it("leaves no timer and nobody waiting when it is cleared", async () => {
    const clock = new SimulatedClock();
    const latch = new IdleLatch(clock, 100);
    latch.add("one");
    latch.delete("one");
    const seen = watched(latch);
    latch.clear();
    await settle();
    expect(seen.isIdle).toBe(true);
    expect(clock.pending).toBe(0);
  });
});
