import { describe, expect, it } from "vitest";
import { inLane } from "./lane.ts";

const calm = new AbortController().signal;

describe("a lane", () => {
  it("R-1006 lets one through at a time, in order, also after one that failed or gave up waiting", async () => {
    const seen: string[] = [];
    const first = Promise.withResolvers<void>();
    const impatient = new AbortController();
    const one = inLane("x", calm, async () => {
      await first.promise;
      seen.push("one");
      throw new Error("one failed");
    });
    const two = inLane("x", impatient.signal, async () => seen.push("two"));
    const three = inLane("x", calm, async () => seen.push("three"));
    const elsewhere = await inLane("y", calm, async () => seen.push("y"));

    impatient.abort(new Error("no more time"));
    await expect(two).rejects.toThrow("no more time");
    const four = inLane("x", calm, async () => seen.push("four"));
    expect(elsewhere).toBe(1);
    first.resolve();
    await expect(one).rejects.toThrow("one failed");
    await Promise.all([three, four]);
    expect(seen).toEqual(["y", "one", "three", "four"]);
  });
});
