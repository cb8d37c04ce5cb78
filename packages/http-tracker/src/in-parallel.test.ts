import { expect, it } from "vitest";
import { inParallel } from "./in-parallel.ts";

it("keeps the order of the items, and works on four at a time", async () => {
  let atOnce = 0;
  let most = 0;
  const results = await inParallel([9, 3, 8, 1, 7, 2, 6], async (item) => {
    atOnce += 1;
    most = Math.max(most, atOnce);
    for (let turn = 0; turn < item; turn += 1) await Promise.resolve();
    atOnce -= 1;
    return item * 2;
  });
  expect(results).toEqual([18, 6, 16, 2, 14, 4, 12]);
  expect(most).toBe(4);
});

it("begins nothing more after a failure, which is everybody's", async () => {
  const begun: number[] = [];
  const call = inParallel([1, 2, 3, 4, 5, 6, 7, 8], async (item) => {
    begun.push(item);
    throw new Error(`no ${item}`);
  });
  await expect(call).rejects.toThrow("no 1");
  expect(begun).toEqual([1, 2, 3, 4]);
});
