import { expect, it } from "vitest";
import { isSameState, kindOf } from "./state-names.ts";

it.each([
  ["Todo", "unstarted"],
  ["no-status", "unstarted"],
  ["In Progress", "started"],
  ["needs_human", "started"],
  ["Released", "completed"],
  ["won't fix", null],
  ["wont fix", "canceled"],
  ["somewhere", null],
])("by custom %j is %j", (name, kind) => {
  expect(kindOf(name)).toBe(kind);
});

it("names are the same whatever their case and the blanks around them", () => {
  expect(isSameState(" In Review", "in review ")).toBe(true);
  expect(isSameState("In Review", "in-review")).toBe(false);
});
