import { describe, expect, it } from "vitest";
import { confirmed, failed, issue, observed, play, prepared, start } from "./__fixtures__/play.ts";
import { statusOf } from "./status-of.ts";

const one = issue("one");
const two = issue("two");
const three = issue("three");

describe("the status", () => {
  it("has a row for each claim, and counts what waits", () => {
    const { state } = play(
      observed(one, three, two),
      confirmed("run-1", one, start + 1_000),
      prepared("run-1", one, start + 2_000),
      confirmed("run-2", three, start + 1_000),
      failed("run-2", three, start + 3_000),
    );
    const status = statusOf(state, start + 5_000);
    expect(status.counts).toEqual({
      tracked: 3,
      ready: 0,
      running: 2,
      retrying: 1,
      parked: 0,
      delivering: 0,
    });
    expect(status.slots).toEqual({ taken: 2, max: 2 });
    expect(status.running).toMatchObject([
      { identifier: "one", runId: "run-1", durationMs: 5_000, silentMs: 3_000, attempt: null },
      { identifier: "two", runId: "run-3", phase: "checking", durationMs: 2_000 },
    ]);
    expect(status.retrying).toMatchObject([
      { identifier: "three", kind: "failure", attempt: 1, dueInMs: 8_000 },
    ]);
  });

  it("R-605 counts the running seconds of active runs with those of ended ones", () => {
    const { state } = play(
      observed(one, two),
      confirmed("run-1", one, start + 1_000),
      confirmed("run-2", two, start + 1_000),
      failed("run-2", two, start + 3_000),
    );
    expect(statusOf(state, start + 3_000).totals).toMatchObject({ runMs: 4_000, runs: 2 });
    expect(statusOf(state, start + 9_000).totals).toMatchObject({ runMs: 10_000, runs: 2 });
  });

  it("counts the tokens of a live run once, however often it reports them", () => {
    const usage = {
      pool: "team",
      inputTokens: 100,
      outputTokens: 20,
      cacheReadTokens: 5,
      cacheWriteTokens: 0,
      costUsd: 0.5,
    };
    const report = (at: number, spoolSeq: number) =>
      ({
        type: "run-progressed",
        at,
        issueId: one.id,
        runId: "run-1",
        spoolSeq,
        lastEventAt: at,
        usage,
      }) as const;
    const { state } = play(
      observed(one),
      confirmed("run-1", one, start),
      report(start + 5_000, 1),
      report(start + 9_000, 2),
    );
    expect(statusOf(state, start + 9_000).totals).toMatchObject({ tokens: 120, costUsd: 0.5 });
  });
});
