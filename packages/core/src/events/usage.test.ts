import type { AgentUsage } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { Line, failed, fingerprint, issue } from "../__fixtures__/line.ts";

function usage(inputTokens: number, outputTokens: number, costUsd: number | null): AgentUsage {
  return {
    pool: "plan",
    inputTokens,
    outputTokens,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd,
  };
}

function reports(line: Line, spoolSeq: number, report: AgentUsage | null): Line {
  const { runId } = line.run("a");
  return line.send({
    type: "run-progressed",
    issueId: "a",
    runId,
    spoolSeq,
    lastEventAt: line.at,
    usage: report,
  });
}

function endsWith(line: Line, report: AgentUsage | null): Line {
  const ending = { outcome: failed(), fingerprint: fingerprint("before"), turns: 1 };
  const { runId } = line.run("a");
  return line.send({ type: "run-ended", issueId: "a", runId, ending, usage: report });
}

describe("usage", () => {
  it("R-604 totals are right over repeated, duplicate and out-of-order reports", () => {
    const line = new Line().starts("a");
    reports(line, 1, usage(10, 5, 0.1));
    reports(line, 3, usage(30, 15, 0.3));
    expect(reports(line, 2, usage(20, 10, 0.2)).decided).toEqual([]);
    expect(reports(line, 3, usage(30, 15, 0.3)).decided).toEqual([]);
    reports(line, 4, usage(25, 12, null));
    reports(line, 5, null);
    reports(line, 6, usage(1, 1, 0.1));
    expect(line.run("a").usage).toEqual(usage(30, 15, 0.3));
    endsWith(line, usage(29, 14, 0.2));
    expect(line.state.totals).toMatchObject({ tokens: 45, runs: 1 });
    expect(line.state.totals.costUsd).toBeCloseTo(0.3);
    expect(line.state.day.tokens).toBe(45);
    expect(line.state.executions.get("a")).toMatchObject({ tokens: 45 });
  });

  it("R-604 runs add up; the last report may come with the end; an unknown cost stays unknown", () => {
    const line = endsWith(new Line().starts("a"), usage(10, 0, 1))
      .passes(10_000)
      .checks("a");
    endsWith(line, usage(1, 1, null));
    expect(line.state.totals).toMatchObject({ tokens: 12, costUsd: 1, runs: 2 });
    expect(line.state.executions.get("a")).toMatchObject({ tokens: 12, costUsd: null });
  });

  it("R-605 ended runs count with their wall time; a live one can be added from its start", () => {
    const line = new Line().starts("a").passes(4_000);
    expect(line.state.totals.runMs).toBe(0);
    expect(line.run("a").startedAt).toBe(line.at - 4_000);
    endsWith(line, null);
    expect(line.state.totals.runMs).toBe(4_000);
  });

  it("R-801 a used-up day holds every issue back until the next day", () => {
    const budgets = { ...new Line().state.policy.budgets, perDay: { tokens: 100, usd: null } };
    const line = new Line({ budgets }).starts("a").sees(issue("b"));
    line.checks("b").send({ type: "gate-closed", gate: { gate: "paused", by: "x" } });
    reports(line, 1, usage(100, 0, null)).sees(issue("c"));
    line.send({ type: "gate-opened", gate: "paused" });
    expect(line.reasons("c")).toEqual([
      { code: "day-budget", used: 100, limit: 100, unit: "tokens" },
    ]);
    expect(line.passes(86_400_000).phase("c")).toBe("running");
  });

  it("R-431 R-801 a budget of the issue counts all its runs", () => {
    const budgets = { ...new Line().state.policy.budgets, perIssue: { tokens: null, usd: 3 } };
    const line = endsWith(new Line({ budgets }).starts("a"), usage(1, 1, 2));
    line.passes(10_000).checks("a");
    expect(reports(line, 1, usage(1, 1, 0.5)).effects).toEqual([]);
    expect(reports(line, 2, usage(1, 1, 1)).effect("stop-run").reason).toBe("budget");
    line.ends("a", { kind: "canceled", reason: "budget" });
    expect(line.claim("a", "parked").reason).toEqual({ kind: "budget", budget: "per issue, usd" });
  });
});
