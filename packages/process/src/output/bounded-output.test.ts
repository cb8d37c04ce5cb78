import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedOutput } from "./bounded-output.ts";

describe("BoundedOutput", () => {
  it("keeps all of an output that fits", () => {
    const output = new BoundedOutput(10);
    output.push(Buffer.from("01234"));
    output.push(Buffer.from("56789"));
    expect(output.text()).toBe("0123456789");
    expect(output.droppedBytes).toBe(0);
  });

  it("R-222 keeps the first and the last half of any other, and counts the rest", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 9 })),
        fc.integer({ min: 2, max: 20 }),
        (chunks, limit) => {
          const output = new BoundedOutput(limit);
          for (const chunk of chunks) output.push(Buffer.from(chunk, "latin1"));
          const all = Buffer.from(chunks.join(""), "latin1");
          const half = Math.ceil(limit / 2);
          const dropped = Math.max(0, all.length - limit);
          const expected =
            dropped === 0
              ? all.toString()
              : `${all.subarray(0, half).toString()}\n[${dropped} bytes left out]\n${all.subarray(half - limit).toString()}`;
          expect(output.text()).toBe(expected);
          expect(output.droppedBytes).toBe(dropped);
        },
      ),
    );
  });
});
