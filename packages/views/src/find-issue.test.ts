import { describe, expect, it } from "vitest";
import { issue, observed, play } from "./__fixtures__/play.ts";
import { findIssue } from "./find-issue.ts";

const { state } = play(
  observed(
    issue("parse-input"),
    issue("parse-output"),
    issue("print"),
    issue("print-twice"),
    issue("#42", { id: "9001", title: "Answer" }),
  ),
);

describe("finding the issue that a person means", () => {
  it.each([
    ["print", "print"],
    ["PRINT-T", "print-twice"],
    ["parse-i", "parse-input"],
    ["42", "#42"],
    ["#42", "#42"],
    ["9001", "#42"],
    [" id-print ", undefined],
    ["id-print", "print"],
  ])("%j is %s", (text, identifier) => {
    const match = findIssue(state, text);
    expect(match.kind === "found" ? match.issue.identifier : undefined).toBe(identifier);
  });

  it("gives the candidates where a beginning fits several", () => {
    const match = findIssue(state, "parse");
    expect(match).toMatchObject({
      kind: "ambiguous",
      candidates: [{ identifier: "parse-input" }, { identifier: "parse-output" }],
    });
  });

  it("cuts no number in two: 4 is not the beginning of 42", () => {
    expect(findIssue(state, "4")).toMatchObject({
      kind: "unknown",
      similar: [{ identifier: "#42" }],
    });
  });

  it("gives similar ones where nothing begins with it", () => {
    expect(findIssue(state, "answer")).toMatchObject({
      kind: "unknown",
      similar: [{ identifier: "#42" }],
    });
    expect(findIssue(state, "prnt")).toMatchObject({ similar: [{ identifier: "print" }] });
    expect(findIssue(state, "")).toEqual({ kind: "unknown", similar: [] });
  });
});
