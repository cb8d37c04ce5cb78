import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { Turns } from "./turns.ts";

describe("turns", () => {
  it("that are over leave nothing behind", async () => {
    setFlagsFromString("--expose-gc");
    const collect: unknown = runInNewContext("gc");
    const heap = (): number => {
      if (typeof collect === "function") collect();
      return process.memoryUsage().heapUsed;
    };
    const turns = new Turns();
    const { signal } = new AbortController();
    const before = heap();
    for (let count = 0; count < 100_000; count += 1) await turns.take(signal, async () => count);
    // A small object for each of them would be several times as much.
    expect(heap() - before).toBeLessThan(1_000_000);
    expect(await turns.take(signal, async () => "the next")).toBe("the next");
  });
});
