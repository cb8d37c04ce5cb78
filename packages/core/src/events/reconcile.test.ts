import { describe, expect, it } from "vitest";
import { Line, failed, issue, succeeded, fingerprint } from "../__fixtures__/line.ts";
import { applyEvent, reconcile, runningIssueIds } from "../index.ts";

const canceled = (reason: "issue-inactive" | "issue-terminal" | "issue-gone") =>
  ({ kind: "canceled", reason }) as const;

describe("what happens to a claimed issue in the tracker", () => {
  it("R-407 a refresh updates what is known of a running issue", () => {
    const line = new Line().starts("a");
    const { state } = reconcile(line.state, [issue("a", { title: "better" })], line.at);
    expect(state.issues.get("a")?.title).toBe("better");
    expect(state.claims.get("a")?.phase).toBe("running");
  });

  it("R-408 not active any more: stopped, and the workspace is kept", () => {
    const line = new Line().starts("a").changes("a", { state: "backlog" });
    expect(line.effects).toEqual([
      { type: "stop-run", issueId: "a", runId: "run-1", reason: "issue-inactive" },
    ]);
    line.ends("a", canceled("issue-inactive"));
    expect(line.fact("claim-released").reason).toBe("issue-inactive");
    expect(line.effectTypes()).toEqual([]);
    expect(line.state.workspaces.has("a")).toBe(true);
  });

  it("R-409 terminal: stopped, and only then is the workspace cleaned", () => {
    const line = new Line().starts("a").changes("a", { state: "done" });
    expect(line.effectTypes()).toEqual(["stop-run"]);
    line.ends("a", canceled("issue-terminal"));
    expect(line.effectTypes()).toEqual(["clean-workspace"]);
    expect(line.codes("a")).toContain("cleaning");
    const { key } = line.effect("clean-workspace");
    const result = { kind: "removed", savedRef: "refs/signalbox/a" } as const;
    line.send({ type: "workspace-cleaned", issueId: "a", key, result });
    expect(line.state.workspaces.has("a")).toBe(false);
    expect(line.state.orders.size).toBe(0);
  });

  it("R-410 no longer routable: stopped, kept", () => {
    const line = new Line().starts("a").changes("a", { notDispatchable: "reassigned" });
    expect(line.effect("stop-run").reason).toBe("issue-not-routable");
    expect(line.state.workspaces.has("a")).toBe(true);
  });

  it("R-411 missing in a complete answer: stopped, kept", () => {
    const line = new Line().starts("a", "b");
    const { state, effects } = reconcile(line.state, [issue("b")], line.at);
    expect(effects).toEqual([
      { type: "stop-run", issueId: "a", runId: "run-1", reason: "issue-gone" },
    ]);
    line.state = state;
    line.ends("a", canceled("issue-gone"));
    expect(line.facts()).toContain("issue-forgotten");
    expect(line.state.workspaces.has("a")).toBe(true);
    expect(line.state.index.running).toBe(1);
  });

  it("R-411 missing in a list of active issues says nothing about a running one", () => {
    const line = new Line().starts("a").sees(issue("b"));
    line.send({ type: "issues-observed", scope: "active", issues: [], removedIds: [] });
    expect(line.run("a").stopping).toBeNull();
    line.send({ type: "issues-observed", scope: "full", issues: [], removedIds: [] });
    expect(line.run("a").stopping).toBe("issue-gone");
  });

  it("R-412 no answer changes nothing: the workers stay", () => {
    const line = new Line().starts("a");
    line.send({
      type: "gate-closed",
      gate: { gate: "recovering", what: "503" },
    });
    expect(line.effects).toEqual([]);
    expect(line.run("a").stopping).toBeNull();
  });

  it("R-413 nobody runs, nobody is asked about", () => {
    const line = new Line().starts("retries", "is-parked", "over").sees(issue("idle"));
    line.ends("retries", failed()).ends("is-parked", failed("no", false));
    line.changes("over", { state: "done" }).ends("over", canceled("issue-terminal"));
    expect(runningIssueIds(line.state)).toEqual(["idle"]);
    line.changes("idle", { state: "backlog" });
    expect(runningIssueIds(line.state)).toEqual([]);
    expect(reconcile(line.state, [], line.at).state).toBe(line.state);
  });

  it("R-414 what is stopped by an answer is stopped before anything is dispatched, config valid or not", () => {
    const line = new Line({ maxConcurrentAgents: 1 }).sees(issue("a"));
    line.sees({ ...issue("a"), state: "done" }, issue("b"));
    expect(line.facts()).toEqual([
      "issue-changed",
      "claim-released",
      "issue-changed",
      "run-claimed",
    ]);
    line.checks("b");
    line.send({ type: "gate-closed", gate: { gate: "recovering", what: "line 3" } });
    line.changes("b", { state: "done" });
    expect(line.effectTypes()).toEqual(["stop-run"]);
  });

  it("R-429 a label removed while it runs, waits or is parked takes effect", () => {
    const policy = { requiredLabels: ["agent"] };
    const labelled = issue("a", { labels: ["agent"] });
    const running = new Line(policy).sees(labelled).checks("a").changes("a", { labels: [] });
    expect(running.effect("stop-run").reason).toBe("issue-not-routable");
    const waiting = new Line(policy).sees(labelled).checks("a").ends("a", failed());
    expect(waiting.changes("a", { labels: [] }).phase("a")).toBe("none");
    const parked = new Line(policy).sees(labelled).checks("a").ends("a", failed("no", false));
    expect(parked.changes("a", { labels: [] }).phase("a")).toBe("none");
    const policed = new Line().starts("a");
    policed.send({ type: "policy-replaced", policy: { ...policed.state.policy, ...policy } });
    expect(policed.effect("stop-run").reason).toBe("issue-not-routable");
  });

  it("a stop's first reason stays; an issue that is fit again by the end goes on", () => {
    const line = new Line().starts("a").changes("a", { state: "backlog" });
    line.changes("a", { state: "done" });
    expect(line.run("a").stopping).toBe("issue-inactive");
    expect(line.effects).toEqual([]);
    line.changes("a", { state: "todo" }).ends("a", canceled("issue-inactive"));
    expect(line.facts()).toEqual(["run-closed", "retry-scheduled", "run-claimed"]);
  });

  it("an issue that was being read again is released at once: nothing has started", () => {
    const line = new Line().sees(issue("a")).changes("a", { state: "done" });
    expect(line.effectTypes()).toEqual([]);
    line.send({ type: "issue-checked", issueId: "a", runId: "run-1", issue: issue("a") });
    expect(line.decided).toEqual([]);
  });

  describe("where the state that we write for a run is no active one", () => {
    const states = { running: "working", succeeded: "review" };

    /** Runs, in the state that was written for it. */
    function working(policy: ConstructorParameters<typeof Line>[0] = {}): Line {
      const line = new Line({ writes: "full", states, ...policy }).starts("a");
      return confirms(line, "transition-running-run-1", states.running);
    }

    it.each(["backlog", "done"])(
      "R-438 our own write stops no run, R-408 a move to %s does",
      (to) => {
        const line = working();
        expect(line.effectTypes()).toEqual([]);
        line.changes("a", { title: "clearer" });
        line.send({ type: "policy-replaced", policy: { ...line.state.policy, maxTurns: 7 } });
        expect(line.run("a").stopping).toBeNull();
        expect(line.changes("a", { state: to }).effectTypes()).toEqual(["stop-run"]);
      },
    );

    it("R-438 not even where that state is a terminal one", () => {
      expect(working({ terminalStates: ["working"] }).run("a").stopping).toBeNull();
    });

    it("R-438 its retries start, and so does what a person answered", () => {
      const line = working().ends("a", failed()).passes(10_000);
      expect(line.run("a").retryKind).toBe("failure");
      line.checks("a").ends("a", { kind: "needs-input", question: "which?" });
      line.send({ type: "answer-received", issueId: "a", text: "this", by: null });
      expect(line.run("a").feedback).toBe("this");
    });

    it("R-438 a retry that waits for the write is ready when it is confirmed", () => {
      const line = new Line({ writes: "full", states, maxConcurrentAgents: 1 }).starts("a");
      line
        .sees(issue("b", { priority: 1 }))
        .ends("a", failed())
        .passes(10_000);
      confirms(line, "transition-running-run-1", states.running);
      expect(line.codes("a")).toEqual(["no-slot"]);
      line.changes("b", { state: "done" });
      expect(line.phase("a")).toBe("running");
    });

    it("R-402 nobody else's issue in that state is started", () => {
      const line = new Line({ writes: "full", states }).sees(issue("a", { state: "working" }));
      expect(line.codes("a")).toEqual(["state-not-active"]);
      line.changes("a", { state: "todo" }).checks("a", issue("a", { state: "working" }));
      expect(line.fact("claim-released").reason).toBe("issue-inactive");
      const released = working()
        .ends("a", failed())
        .changes("a", { notDispatchable: "reassigned" });
      released.changes("a", { notDispatchable: null });
      expect(released.codes("a")).toEqual(["state-not-active"]);
    });

    it("R-1008 what was delivered before the journal began is written, also from that state", () => {
      const line = new Line({ writes: "full", states }).sees(issue("a", { state: "working" }));
      line.send({ type: "delivery-found", issueId: "a", commit: "c0" });
      expect(line.effect("transition-issue")).toMatchObject({ from: "working", to: "review" });
    });

    it("R-1008 finished work is handed over, to a state that may wait for a review", () => {
      const line = working().prepares("a").ends("a", succeeded, fingerprint("after", 1));
      const { key } = line.claim("a", "delivering");
      const result = { kind: "delivered", commit: "c1", branch: "main", notes: [] } as const;
      line.send({ type: "delivery-ended", issueId: "a", key, result });
      expect(line.effect("transition-issue")).toMatchObject({ from: "working", to: "review" });
      confirms(line, "transition-succeeded-run-1", states.succeeded);
      expect(line.state.orders.has("clean-a")).toBe(false);
      expect(line.state.workspaces.has("a")).toBe(true);
      expect(line.codes("a")).toEqual(["delivered", "state-not-active"]);
      expect(line.changes("a", { state: "todo" }).facts()).toContain("issue-reopened");
      expect(line.phase("a")).toBe("running");
    });

    it("R-1008 the write that says so is given again over a late write of our own", () => {
      const line = new Line({ writes: "full", states }).starts("a");
      line.ends("a", succeeded, fingerprint("after", 1));
      const { key } = line.claim("a", "delivering");
      const delivered = { kind: "delivered", commit: "c1", branch: "main", notes: [] } as const;
      line.send({ type: "delivery-ended", issueId: "a", key, result: delivered });
      const found = { ...line.listed("a"), state: "working" };
      const result = { kind: "conflict", issue: found } as const;
      const order = line.effect("transition-issue").key;
      line.send({ type: "transition-ended", issueId: "a", key: order, result });
      expect(line.effect("transition-issue")).toMatchObject({ from: "working", to: "review" });
    });
  });

  it("a success that came before the stop still counts where the issue may be worked on", () => {
    const line = new Line({ states: { succeeded: "done" } }).starts("a");
    line.changes("a", { state: "backlog" }).changes("a", { state: "todo" });
    line.ends("a", succeeded, fingerprint("after", 1));
    expect(line.phase("a")).toBe("delivering");
  });
});

describe("observing", () => {
  it("an unchanged issue costs no fact and no state", () => {
    const line = new Line({ maxConcurrentAgents: 0 }).sees(issue("a", { labels: ["x", "y"] }));
    const { state } = line;
    line.sees(issue("a", { labels: ["y", "x"], updatedAt: "2031-01-01T00:00:00Z" }));
    expect(line.state).toBe(state);
  });

  it("forgets what a full list lacks; what the list of the active lacks, with its past kept", () => {
    const line = new Line().starts("a").sees(issue("b"), issue("c"));
    line.ends("a", failed()).changes("a", { state: "backlog" });
    line.send({ type: "gate-closed", gate: { gate: "paused", by: "x" } });
    line.send({ type: "issues-observed", scope: "active", issues: [issue("b")], removedIds: [] });
    expect([...line.state.issues.keys()]).toEqual(["b", "c"]);
    expect(line.state.executions.get("a")?.runs).toBe(1);
  });

  it("an answer that was read before our last write does not undo it", () => {
    const line = new Line({ writes: "full", states: { running: "doing" } }).sees(issue("a"));
    line.checks("a");
    const { key } = line.effect("transition-issue");
    const readAt = line.at - 1;
    const written = issue("a", { state: "doing" });
    line.send({
      type: "transition-ended",
      issueId: "a",
      key,
      result: { kind: "confirmed", issue: written },
    });
    const stale = { type: "issues-observed", scope: "changes", removedIds: [], readAt } as const;
    line.send({ ...stale, issues: [issue("a")] });
    expect(line.state.issues.get("a")?.state).toBe("doing");
    line.send({ ...stale, issues: [issue("a")], readAt: line.at + 1 });
    expect(line.state.issues.get("a")?.state).toBe("todo");
  });
});

describe("a daemon's start", () => {
  it("R-422 cleans the workspaces of terminal issues that it knows, and asks nobody", () => {
    const line = new Line({ terminalStates: [] }).starts("a").changes("a", { state: "done" });
    line.ends("a", canceled("issue-inactive"));
    const policy = { ...line.state.policy, terminalStates: ["done"] };
    line.send({ type: "daemon-started", epoch: 2, policy });
    expect(line.effectTypes()).toEqual(["clean-workspace"]);
    expect(line.state.epoch).toBe(2);
  });

  it("R-422 a clean-up that fails is tried five times and then left alone", () => {
    const line = new Line().starts("a").changes("a", { state: "done" });
    line.ends("a", canceled("issue-terminal"));
    const result = { kind: "failed", message: "busy" } as const;
    for (let tries = 1; tries <= 5; tries += 1) {
      expect(line.state.orders.size).toBe(1);
      line.send({ type: "workspace-cleaned", issueId: "a", key: "clean-a", result });
      line.passes(300_000);
    }
    expect(line.state.orders.size).toBe(0);
    expect(line.state.workspaces.has("a")).toBe(true);
  });

  it("opens the gates of the daemon before it; a pause stays", () => {
    const line = new Line();
    line.send({ type: "gate-closed", gate: { gate: "draining", by: "SIGINT" } });
    line.send({ type: "gate-closed", gate: { gate: "paused", by: "somebody" } });
    line.send({ type: "daemon-started", epoch: 2, policy: line.state.policy });
    expect(Object.keys(line.state.gates)).toEqual(["paused"]);
  });

  it("the same gate, policy or nothing due is no event", () => {
    const line = new Line();
    const gate = { gate: "paused", by: "somebody" } as const;
    line.send({ type: "gate-closed", gate });
    const { state } = line;
    line.send({ type: "gate-closed", gate: { by: "somebody", gate: "paused" } });
    line.send({ type: "policy-replaced", policy: { ...state.policy } }).passes(1_000);
    line.send({ type: "gate-opened", gate: "draining" });
    expect(line.state).toBe(state);
    expect(applyEvent(state, { type: "time-passed", at: 0 }).state).toBe(state);
  });
});

function confirms(line: Line, key: string, state: string): Line {
  const written = { ...line.listed("a"), state };
  line.tracker.set("a", written);
  const result = { kind: "confirmed", issue: written } as const;
  return line.send({ type: "transition-ended", issueId: "a", key, result });
}
