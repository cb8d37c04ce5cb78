import type { Gate, GateName, ParkReason, Reason, ReasonCode } from "@signalbox/core";
import { describe, expect, it } from "vitest";
import type { OutsideReason } from "./explain-issue.ts";
import { gateText, reasonText } from "./reason-text.ts";

const at = Date.UTC(2026, 0, 1);

/** One example of each code: the types refuse a table that lacks one. */
const reasons = {
  "daemon-not-running": { code: "daemon-not-running" },
  "daemon-silent": { code: "daemon-silent", pid: 7 },
  "journal-unwritable": {
    code: "journal-unwritable",
    message: "Disk full.",
    remedy: "Free space.",
  },
  "tracker-unreadable": { code: "tracker-unreadable", message: "docs/roadmap.md is a folder." },
  "not-tracked": { code: "not-tracked" },
  "state-not-active": { code: "state-not-active", state: "backlog" },
  "state-terminal": { code: "state-terminal", state: "done" },
  "label-missing": { code: "label-missing", label: "agent" },
  "not-dispatchable": { code: "not-dispatchable", detail: "it is a draft" },
  blocked: { code: "blocked", by: "parse-input", state: "planned" },
  running: { code: "running", runId: "run-3", stopping: null },
  backoff: { code: "backoff", kind: "failure", dueAt: at + 20_000, error: "exit code 1" },
  parked: { code: "parked", park: { kind: "quota", pool: "team" }, until: at + 60_000 },
  delivering: { code: "delivering", waiting: null },
  delivered: { code: "delivered", commit: "abc1234" },
  cleaning: { code: "cleaning" },
  gate: { code: "gate", gate: { gate: "paused", by: "operator" } },
  "day-budget": { code: "day-budget", used: 12.5, limit: 12, unit: "usd" },
  "no-slot": { code: "no-slot", running: 3, max: 3 },
  "state-cap": { code: "state-cap", state: "review", running: 1, max: 1 },
  outranked: { code: "outranked", by: "parse-input", ahead: 2 },
} satisfies { [Code in ReasonCode]: Extract<Reason, { code: Code }> } & {
  [Code in OutsideReason["code"]]: Extract<OutsideReason, { code: Code }>;
};

const parks = {
  "needs-input": { kind: "needs-input", question: "Which port?" },
  "no-progress": { kind: "no-progress", continuations: 3 },
  "failure-limit": { kind: "failure-limit", failures: 5, error: "exit code 1" },
  "loss-limit": { kind: "loss-limit", losses: 5, error: "its runner died" },
  "continuation-limit": { kind: "continuation-limit", continuations: 20 },
  quota: { kind: "quota", pool: "team" },
  budget: { kind: "budget", budget: "per issue: 1000 tokens" },
  "not-retryable": { kind: "not-retryable", error: "program not found" },
  operator: { kind: "operator", by: "cli" },
} satisfies { [Kind in ParkReason["kind"]]: Extract<ParkReason, { kind: Kind }> };

const gates = {
  paused: { gate: "paused", by: "operator" },
  draining: { gate: "draining", by: "SIGINT" },
  "setup-failed": { gate: "setup-failed", message: "the repository has no commits" },
  "pool-closed": {
    gate: "pool-closed",
    pool: "plan",
    because: "quota",
    message: "The quota of plan is used up",
    until: at + 60_000,
    pauseMs: 60_000,
  },
  recovering: { gate: "recovering", what: "looking for delivered work" },
  "memory-low": { gate: "memory-low", freeMb: 100, reserveMb: 512 },
} satisfies { [Name in GateName]: Extract<Gate, { gate: Name }> };

const isSentence = /^[A-Z0-9`].*[.?`]$/;

describe("R-616 every reason has words, and says what would release the issue", () => {
  it.each(Object.values(reasons))("$code", (reason) => {
    const { text, release } = reasonText(reason, at);
    expect(text).toMatch(isSentence);
    expect(release).toMatch(/\S{3}/);
    for (const fact of factsOf(reason)) expect(`${text} ${release}`).toContain(fact);
  });

  it("parked: names what the last of too many continuations was told", () => {
    const park = { kind: "continuation-limit", continuations: 20 } as const;
    const told = reasonText(
      { code: "parked", park, until: null },
      at,
      true,
      "The check failed.\nnot ok",
    );
    expect(told.text).toBe(
      "It is parked: it took 20 continuations (`agent.max_continuations`): The check failed.",
    );
  });

  it.each(Object.values(parks))("parked: $kind", (park) => {
    const { text, release } = reasonText({ code: "parked", park, until: null }, at);
    expect(text).toMatch(isSentence);
    expect(release).not.toBe("");
    for (const fact of factsOf(park)) expect(text).toContain(fact);
  });

  it.each(Object.values(gates))("gate: $gate", (gate) => {
    expect(gateText(gate).text).toMatch(isSentence);
    expect(reasonText({ code: "gate", gate }, at)).toEqual(gateText(gate));
  });

  it("gives the exact words of the reasons that people meet most", () => {
    expect(reasonText(reasons.blocked, at)).toEqual({
      text: 'It is blocked by parse-input, which is in state "planned".',
      release: "parse-input reaching a terminal state.",
    });
    expect(reasonText(reasons.backoff, at)).toEqual({
      text: "It waits for its next run (failure): exit code 1.",
      release: "Its time comes in 20 s (2026-01-01T00:00:20Z).",
    });
    expect(reasonText(reasons.outranked, at).text).toBe(
      "2 issues of higher rank go first, parse-input among them.",
    );
    expect(reasonText({ ...reasons.outranked, ahead: 1 }, at).text).toBe(
      "An issue of higher rank goes first: parse-input.",
    );
  });

  it("R-802 says of a closed pool who has closed it, and when the next run is tried", () => {
    expect(gateText(gates["pool-closed"])).toEqual({
      text: "No agent is started, by the word of plan: The quota of plan is used up.",
      release:
        "Its reset; the next run is tried at 2026-01-01T00:01:00Z, others follow one by one.",
    });
    const noLogin = { because: "auth", pool: null, message: "Log in.", until: null } as const;
    expect(gateText({ ...gates["pool-closed"], ...noLogin })).toEqual({
      text: "No agent is started, by the word of the agent: Log in.",
      release: "Seeing to it; the next run is tried now, others follow one by one.",
    });
  });

  it("says of a blocker that nobody knows that its text needs mending", () => {
    const { text, release } = reasonText({ code: "blocked", by: "some prose", state: null }, at);
    expect(text).toBe('It is blocked by "some prose", whose state is not known.');
    expect(release).toContain("corrected blocker");
  });

  it("does not call a run alive that no daemon looks after", () => {
    expect(reasonText(reasons.running, at, false).text).toBe(
      "Its run run-3 was under way when the last daemon ended.",
    );
  });
});

/** The texts in a reason that a person needs to see. */
function factsOf(reason: object): readonly string[] {
  return Object.entries(reason)
    .filter(([key]) => !["code", "kind", "unit", "dueAt", "until"].includes(key))
    .flatMap(([, value]) => (typeof value === "string" ? [value.replace(/\.$/, "")] : []));
}
