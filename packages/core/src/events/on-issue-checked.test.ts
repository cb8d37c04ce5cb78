import { describe, expect, it } from "vitest";
import { Line, failed, issue } from "../__fixtures__/line.ts";

const failure = { message: "503", retryAfterMs: null };

/** An issue that failed once and is due again: it holds its claim while it is checked. */
function retried(): Line {
  return new Line().starts("a").opensSession("a", "s1").ends("a", failed()).passes(10_000);
}

describe("the check right before a run", () => {
  it("R-428 reads the issue again, and starts what is still eligible", () => {
    const line = new Line().sees(issue("a"));
    expect(line.effects).toEqual([{ type: "check-issue", issueId: "a", runId: "run-1" }]);
    expect(line.run("a").runPhase).toBe("checking");
    line.checks("a");
    expect(line.effects).toEqual([
      {
        type: "start-run",
        issueId: "a",
        runId: "run-1",
        attempt: null,
        retryKind: null,
        feedback: null,
        resumeSessionId: null,
        endsAfter: null,
      },
    ]);
  });

  it("R-428 takes what it finds for what is so: a fresh title is recorded before the run", () => {
    const line = new Line().sees(issue("a"));
    line.checks("a", issue("a", { title: "better" }));
    expect(line.facts()).toEqual(["issue-changed", "run-confirmed"]);
    expect(line.run("a").issueVersion).toBe(line.state.issues.get("a")?.version);
  });

  it.each([
    ["gone", null, "issue-gone"],
    ["over", issue("a", { state: "done" }), "issue-terminal"],
    ["inactive", issue("a", { state: "backlog" }), "issue-inactive"],
    ["not ours", issue("a", { notDispatchable: "no" }), "issue-not-routable"],
    [
      "blocked",
      issue("a", { blockedBy: [{ id: "z", identifier: "Z", state: null, stateKind: null }] }),
      "issue-blocked",
    ],
  ] as const)("R-428 an issue that is %s by then gives the claim back", (_name, found, reason) => {
    const line = new Line().sees(issue("a")).checks("a", found);
    expect(line.fact("claim-released").reason).toBe(reason);
    expect(line.effectTypes()).toEqual([]);
    expect(line.phase("a")).toBe("none");
    expect(line.state.index.running).toBe(0);
    expect(line.state.executions.get("a")?.runs ?? 0).toBe(0);
    expect(line.state.issues.has("a")).toBe(found !== null);
  });

  it("R-428 R-420 an error keeps the claim and counts nothing; it is tried again later", () => {
    const line = new Line().sees(issue("a"));
    const check = { type: "issue-check-failed", issueId: "a", runId: "run-1" } as const;
    line.send({ ...check, ...failure });
    expect(line.claim("a", "retrying")).toMatchObject({ attempt: 0, dueAt: line.at + 10_000 });
    expect(line.state.executions.get("a")).toBeUndefined();
    line.passes(10_000);
    expect(line.run("a")).toMatchObject({ runId: "run-2", attempt: null, retryKind: null });
    line.send({ ...check, runId: "run-2", message: "429", retryAfterMs: 60_000 });
    expect(line.claim("a", "retrying").dueAt).toBe(line.at + 60_000);
  });

  it("R-420 a retry that is due: gone and inactive release, terminal cleans, an error waits again", () => {
    expect(retried().checks("a", null).phase("a")).toBe("none");
    expect(
      retried()
        .checks("a", issue("a", { state: "backlog" }))
        .phase("a"),
    ).toBe("none");
    const over = retried().checks("a", issue("a", { state: "done" }));
    expect(over.effectTypes()).toEqual(["clean-workspace"]);
    const away = retried();
    away.send({ type: "issue-check-failed", issueId: "a", runId: "run-2", ...failure });
    const { kind, attempt, feedback, resumeSessionId } = away.claim("a", "retrying");
    expect({ kind, attempt, feedback, resumeSessionId }).toEqual({
      kind: "failure",
      attempt: 1,
      feedback: "it broke",
      resumeSessionId: "s1",
    });
  });

  it("R-429 a label that is removed meanwhile gives the claim back", () => {
    const line = new Line({ requiredLabels: ["agent"] }).sees(issue("a", { labels: ["agent"] }));
    line.checks("a", issue("a"));
    expect(line.fact("claim-released").reason).toBe("issue-not-routable");
  });

  it("R-406 a state that filled up meanwhile is not overfilled", () => {
    const line = new Line({ maxConcurrentAgentsByState: { doing: 1 } });
    line.sees(issue("a", { state: "doing" }), issue("b"));
    line.checks("b", issue("b", { state: "doing" }));
    expect(line.fact("claim-released").reason).toBe("check-stale");
    expect(line.effectTypes()).toEqual([]);
    line.tracker.set("b", issue("b", { state: "doing" }));
    expect(line.codes("b")).toEqual(["state-cap"]);
  });

  it("a gate that closed meanwhile lets nothing start; what was waiting waits on", () => {
    const line = new Line().sees(issue("a"));
    const gate = { gate: "draining", by: "SIGINT" } as const;
    line.send({ type: "gate-closed", gate }).checks("a");
    expect(line.fact("claim-released").reason).toBe("check-stale");
    const waiting = retried().send({ type: "gate-closed", gate }).checks("a");
    expect(waiting.claim("a", "retrying")).toMatchObject({
      due: true,
      kind: "failure",
      attempt: 1,
    });
  });

  it("an answer about another run, or about a run that has started, is ignored", () => {
    const line = new Line().sees(issue("a"));
    line.send({ type: "issue-checked", issueId: "a", runId: "run-9", issue: null });
    expect(line.decided).toEqual([]);
    line.checks("a").checks("a", null);
    expect(line.decided).toEqual([]);
    expect(line.phase("a")).toBe("running");
  });
});
