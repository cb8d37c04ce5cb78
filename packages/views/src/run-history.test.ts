import type { DeliveryResult } from "@signalbox/contracts";
import type { OrchestratorEvent } from "@signalbox/core";
import { describe, expect, it } from "vitest";
import {
  confirmed,
  failed,
  issue,
  observed,
  play,
  prepared,
  start,
  succeeded,
} from "./__fixtures__/play.ts";
import { parkDetail, RunHistory, type HistoryRow } from "./run-history.ts";

const one = issue("one");

function rows(...events: readonly OrchestratorEvent[]): readonly HistoryRow[] {
  const { state, decided } = play(observed(one, issue("waiting", { state: "backlog" })), ...events);
  const history = new RunHistory();
  history.add(decided, state);
  return history.rows();
}

describe("the history of runs", () => {
  it("has one row per issue that was worked on: result, attempts, duration with waits, commit", () => {
    const delivered: OrchestratorEvent = {
      type: "delivery-ended",
      at: start + 31_000,
      issueId: one.id,
      key: "deliver-run-2",
      result: { kind: "delivered", commit: "abc123", branch: "main", notes: [] },
    };
    expect(
      rows(
        confirmed("run-1", one, start + 1_000),
        failed("run-1", one, start + 3_000),
        { type: "time-passed", at: start + 13_000 },
        confirmed("run-2", one, start + 14_000),
        prepared("run-2", one, start + 15_000),
        succeeded("run-2", one, start + 30_000),
        delivered,
      ),
    ).toEqual([
      {
        issueId: "id-one",
        identifier: "one",
        title: "The title of one",
        result: "delivered",
        detail: null,
        attempts: 2,
        durationMs: 30_000,
        commit: "abc123",
        branch: "main",
      },
    ]);
  });

  it("says how the last run ended while more may follow", () => {
    expect(
      rows(confirmed("run-1", one, start + 1_000), failed("run-1", one, start + 3_000)),
    ).toMatchObject([{ result: "failed", detail: "exit code 1", attempts: 1, durationMs: 2_000 }]);
    expect(rows(confirmed("run-1", one, start))).toMatchObject([{ result: "running" }]);
  });

  it("says what becomes of a run that succeeded: its delivery, what that waits for, or another run", () => {
    const ended = (result: DeliveryResult): OrchestratorEvent => ({
      type: "delivery-ended",
      at: start + 9_000,
      issueId: one.id,
      key: "deliver-run-1",
      result,
    });
    const finished = [
      confirmed("run-1", one, start + 1_000),
      prepared("run-1", one, start + 2_000),
      succeeded("run-1", one, start + 8_000),
    ];
    expect(rows(...finished)).toMatchObject([{ result: "delivering", detail: null }]);
    const waiting = {
      kind: "waiting",
      reason: "a.txt is in the way",
      remedy: "Commit it.",
    } as const;
    expect(rows(...finished, ended(waiting))).toMatchObject([
      { result: "waiting", detail: "a.txt is in the way" },
    ]);
    const refused = { kind: "check-failed", output: "1 test failed" } as const;
    expect(rows(...finished, ended(refused))).toMatchObject([{ result: "retrying" }]);
  });

  it("names the last refusal where an issue is parked for too many continuations", () => {
    const reason = { kind: "continuation-limit", continuations: 20 } as const;
    expect(parkDetail(reason)).toBe("20 continuations");
    expect(parkDetail(reason, "Conflict in a.txt.\nmore")).toBe(
      "20 continuations: Conflict in a.txt.",
    );
  });

  it("counts the runs of earlier daemons, as the log does", () => {
    const { state, decided } = play(
      observed(one),
      confirmed("run-1", one, start + 1_000),
      failed("run-1", one, start + 3_000),
      { type: "time-passed", at: start + 13_000 },
      confirmed("run-2", one, start + 14_000),
    );
    const history = new RunHistory();
    const second = decided.filter(
      (fact) => fact.type === "run-confirmed" && fact.runId === "run-2",
    );
    history.add(second, state);
    expect(history.rows()).toMatchObject([{ attempts: 2 }]);
  });

  it("says why an issue is parked", () => {
    expect(
      rows(confirmed("run-1", one, start), {
        type: "run-ended",
        at: start + 5_000,
        issueId: one.id,
        runId: "run-1",
        ending: {
          outcome: { kind: "needs-input", question: "Which port?" },
          fingerprint: null,
          turns: 1,
        },
        usage: null,
      }),
    ).toMatchObject([{ result: "parked", detail: "needs input: Which port?" }]);
  });
});
