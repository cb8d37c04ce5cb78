import { expect, it } from "vitest";
import { priorityOf, readPriority } from "./label-priority.ts";

it.each([
  ["P0", 1],
  ["p3", 3],
  ["priority:1", 1],
  ["priority::4", 4],
  ["priority/2", 2],
  ["priority: high", 2],
  ["Priority::Low", 4],
  ["urgent", 1],
  ["2", null],
  ["P5", null],
  ["high water", null],
])("%j is %j", (label, priority) => {
  expect(readPriority(label)).toBe(priority);
});

it("the most urgent of several counts", () => {
  expect(priorityOf(["bug", "low", "P2"])).toBe(2);
  expect(priorityOf(["bug"])).toBeNull();
});
