import { describe, expect, it } from "vitest";
import { readStatus } from "./status.ts";

describe("readStatus", () => {
  it.each([
    ["planned", "planned", "unstarted"],
    ["PLANNED", "PLANNED", "unstarted"],
    ["backlog", "backlog", "unstarted"],
    ["blocked by review", "blocked", "unstarted"],
    ["in-progress", "in-progress", "started"],
    ["In Progress — VS Code Phase 1 shipped, CI green", "In-Progress", "started"],
    ["needs_human", "needs-human", "started"],
    ["done — PR #205", "done", "completed"],
    ["done.", "done", "completed"],
    ["archived — replaced", "archived", "canceled"],
    ["superseded — see B", "superseded", "canceled"],
    ["dropped", "dropped", "canceled"],
    ["cancelled", "cancelled", "canceled"],
    ["decision pending", "decision pending", null],
    ["Ready for dev — ask first", "Ready for dev", null],
    ["Ready (soon)", "Ready", null],
    ["done-ish", "done-ish", null],
    ["donee", "donee", null],
  ])("R-317 reads %j as %j, its spelling kept", (value, state, kind) => {
    expect(readStatus(value)).toEqual({ state, kind });
  });

  it.each(["", "  ", "—", "-", "none", "N/A"])("reads %j as no state", (value) => {
    expect(readStatus(value)).toBeNull();
  });
});
