import { describe, expect, it } from "vitest";
import type { Notice } from "./notice.ts";
import { noticeLine } from "./notice-line.ts";

const at = Date.UTC(2026, 0, 1);
const about = { at, issue_id: "id-1", issue_identifier: "one" };

function print(notice: Notice): string | null {
  return noticeLine(notice, (_, text) => text);
}

/** An example of each type, and its words; `null`: for programs alone. */
const examples: readonly (readonly [Notice, string | null])[] = [
  [
    { type: "run-started", ...about, run_id: "run-1", attempt: null, retry_kind: null },
    "started run-1",
  ],
  [
    { type: "run-started", ...about, run_id: "run-2", attempt: 1, retry_kind: "failure" },
    "started run-2 (attempt 2, failure)",
  ],
  [
    { type: "run-adopted", ...about, run_id: "run-1", alive: true, since: null },
    "adopted run-1: still running",
  ],
  [
    { type: "run-adopted", ...about, run_id: "run-1", alive: false, since: at },
    "took over run-1, which ended while no daemon ran",
  ],
  [
    { type: "run-stopping", ...about, run_id: "run-1", reason: "stalled" },
    "stopping run-1: stalled",
  ],
  [
    { type: "run-ended", ...about, run_id: "run-1", outcome: { kind: "succeeded" } },
    "run-1 succeeded",
  ],
  [
    {
      type: "run-ended",
      ...about,
      run_id: "run-1",
      outcome: { kind: "failed", code: "agent-exit", retryable: true, message: "exit\n\u001B[2J1" },
    },
    "run-1 failed: exit 1 (runs/run-1/transcript.jsonl)",
  ],
  [
    {
      type: "retry-scheduled",
      ...about,
      kind: "failure",
      attempt: 1,
      due_at: at + 20_000,
      error: "x",
    },
    "next run in 20 s (failure)",
  ],
  [
    {
      type: "retry-scheduled",
      ...about,
      kind: "continuation",
      attempt: 1,
      due_at: at + 1_000,
      error: null,
    },
    null,
  ],
  [
    {
      type: "retry-scheduled",
      ...about,
      kind: "continuation",
      attempt: 1,
      due_at: at,
      error: "Conflict in a.txt.",
    },
    "next run (continuation): Conflict in a.txt.",
  ],
  [
    {
      type: "parked",
      ...about,
      reason: { kind: "continuation-limit", continuations: 20 },
      until: null,
      feedback: "The check failed on the merged result.\nnot ok",
    },
    "parked: 20 continuations: The check failed on the merged result.",
  ],
  [
    {
      type: "parked",
      ...about,
      reason: { kind: "operator", by: "cli" },
      until: null,
      feedback: null,
    },
    "parked: stopped by cli",
  ],
  [{ type: "delivering", ...about, run_id: "run-1" }, "delivering"],
  [
    { type: "delivery-waiting", ...about, reason: "a.txt is in the way", remedy: "Commit it." },
    "delivery waits: a.txt is in the way → Commit it.",
  ],
  [
    { type: "delivered", ...about, commit: "0123456789abcdef", branch: "main", notes: ["a note"] },
    "delivered 012345678 on main (a note)",
  ],
  [{ type: "released", ...about, reason: "issue-gone" }, "released: issue-gone"],
  [
    {
      type: "agent-event",
      ...about,
      run_id: "run-1",
      event: { type: "message", role: "agent", text: "hello" },
    },
    null,
  ],
  [
    {
      type: "agent-event",
      ...about,
      run_id: "run-1",
      event: { type: "notice", level: "warn", text: "cut" },
    },
    "agent: cut",
  ],
];

describe("lines for people", () => {
  it.each(examples)("R-612 $type: %s", (notice, words) => {
    const line = print(notice);
    expect(line === null ? null : line.slice("00:00:00 ".length).replace(/^one +/, "")).toBe(words);
  });

  it("say what holds everything back, and leave the draining to whoever asked for it", () => {
    const closed = { gate: "memory-low", freeMb: 10, reserveMb: 512 } as const;
    expect(print({ type: "gate-changed", at, gate: "memory-low", closed })).toContain("10 MiB");
    expect(print({ type: "gate-changed", at, gate: "memory-low", closed: null })).toContain(
      "dispatch goes on (memory-low)",
    );
    const draining = { gate: "draining", by: "SIGINT" } as const;
    expect(print({ type: "gate-changed", at, gate: "draining", closed: draining })).toBeNull();
  });

  it("give a problem with its remedy, and its issue where it has one", () => {
    const problem = {
      type: "problem",
      at,
      code: "x",
      message: "It broke.",
      remedy: "Mend it.",
    } as const;
    const general = { ...problem, issue_id: null, issue_identifier: null };
    expect(print(general)).toMatch(/^.{8} ! It broke\. → Mend it\.$/);
    const ofOne = { ...problem, issue_id: "id-1", issue_identifier: "one" };
    expect(print(ofOne)).toMatch(/^.{8} one +! It broke\./);
  });
});
