import type { RunOutcome } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { Line, issue } from "../__fixtures__/line.ts";
import { nextDueAt } from "../index.ts";

const minute = 60_000;
const quota = (resetsAt: number | null): RunOutcome => {
  return { kind: "quota-exhausted", pool: "plan", resetsAt };
};
const noLogin: RunOutcome = {
  kind: "failed",
  code: "auth",
  retryable: false,
  message: "Nobody is logged in.",
};

describe("a pool that is closed", () => {
  it("R-802 a quota hit stops new dispatches until its reset, and runs that are under way go on", () => {
    const line = new Line({ backend: "codex" }).starts("a", "b");
    const resetsAt = line.at + 60 * minute;
    line.ends("a", quota(resetsAt)).sees(issue("c"), issue("d"));
    expect(line.running()).toEqual(["b"]);
    const gate = {
      gate: "pool-closed",
      pool: "plan",
      because: "quota",
      message: "The quota of plan is used up",
      until: resetsAt,
      pauseMs: minute,
    };
    expect(line.reasons("c")).toEqual([{ code: "gate", gate }]);
    expect(line.run("b").stopping).toBeNull();
    line.passes(60 * minute - 1);
    expect(line.running()).toEqual(["b"]);
  });

  it("R-802 after the reset they come one by one, at half the pause each time, and then all", () => {
    const line = new Line({ backend: "codex", stallTimeoutMs: 0 }).starts("a");
    line.ends("a", quota(line.at + minute));
    line.sees(...Array.from({ length: 9 }, (_, index) => issue(`i${index}`)));
    const waits: number[] = [];
    for (let count = 1; line.running().length < 10; count += 1) {
      const due = nextDueAt(line.state) ?? line.at;
      line.passes(due - line.at);
      waits.push(due);
      if (line.running().length > count) break;
      expect(line.running()).toHaveLength(count);
    }
    const pauses = waits.slice(1).map((due, index) => due - (waits[index] ?? 0));
    expect(pauses).toEqual([60_000, 30_000, 15_000, 7_500, 3_750]);
    expect(line.state.gates).toEqual({});
    expect(line.running()).toHaveLength(10);
  });

  it("R-802 a hit after the reset closes it for the new wait", () => {
    const line = new Line().starts("a").ends("a", quota(null)).sees(issue("b"));
    line.passes(5 * minute).checks("a");
    expect(line.running()).toEqual(["a"]);
    line.ends("a", quota(line.at + 10 * minute)).passes(9 * minute);
    expect(line.running()).toEqual([]);
    line.passes(minute);
    expect(line.running()).toHaveLength(1);
  });

  it("R-802 a reset that is known holds, whatever an earlier one another run is told", () => {
    const line = new Line().starts("a", "b");
    line.ends("a", quota(line.at + 60 * minute)).ends("b", quota(line.at + minute));
    line.passes(59 * minute);
    expect(line.running()).toEqual([]);
  });

  it("R-802 another pool goes on: another backend opens the gate, and runs of the one before close none", () => {
    const line = new Line({ backend: "codex" }).starts("a", "b");
    line.ends("a", quota(line.at + 60 * minute)).sees(issue("c"));
    const policy = { ...line.state.policy, backend: "claude-code" };
    line.send({ type: "policy-replaced", policy });
    expect(line.running()).toEqual(["b", "c"]);
    line.ends("b", quota(line.at + 60 * minute)).sees(issue("d"));
    expect(line.running()).toEqual(["c", "d"]);
  });

  it("R-802 outlasts the daemon, and a gate that somebody opens lets one run try", () => {
    const line = new Line().starts("a");
    line.ends("a", quota(line.at + 60 * minute));
    line.sees(issue("b"), issue("c"));
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy });
    expect(line.running()).toEqual([]);
    line.send({ type: "gate-opened", gate: "pool-closed" });
    expect(line.running()).toEqual(["b"]);
    expect(line.codes("c")).toEqual(["gate"]);
  });

  it("R-437 whoever is next but one is outranked until its turn", () => {
    const line = new Line().starts("a").ends("a", quota(null)).sees(issue("b"), issue("c"));
    line.send({ type: "gate-closed", gate: { gate: "paused", by: "somebody" } });
    line.passes(5 * minute);
    expect(line.codes("a")).toEqual(["gate"]);
    expect(line.codes("b")).toEqual(["gate", "outranked"]);
  });

  it("R-803 R-513 a missing login or an unpaid bill holds all back, parks nobody, and counts as no failure", () => {
    const line = new Line().starts("a").ends("a", noLogin).sees(issue("b"));
    expect(line.phase("a")).toBe("retrying");
    expect(line.state.executions.get("a")?.failures).toBe(0);
    for (const id of ["a", "b"]) {
      const gate = { because: "auth", pool: null, message: "Nobody is logged in." };
      expect(line.reasons(id)).toMatchObject([{ code: "gate", gate }, ...(id === "b" ? [{}] : [])]);
    }
    line.passes(5 * minute);
    expect(line.running()).toEqual(["a"]);
    line.checks("a").ends("a", noLogin).passes(minute);
    expect(line.running()).toEqual([]);
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy });
    expect(line.running()).toEqual(["a"]);
  });
});
