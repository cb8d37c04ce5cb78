import { describe, expect, it } from "vitest";
import { Line, failed, issue } from "../__fixtures__/line.ts";
import { canDispatch, getAvailableSlots } from "./concurrency.ts";
import { isEligible } from "./eligibility.ts";

const blocker = { id: "b", identifier: "B", state: null, stateKind: null };

describe("what the tracker says", () => {
  it("R-402 an issue that must not be dispatched never runs, and says why", () => {
    const line = new Line().sees(issue("a", { notDispatchable: "assigned to somebody else" }));
    expect(line.phase("a")).toBe("none");
    expect(line.reasons("a")).toEqual([
      { code: "not-dispatchable", detail: "assigned to somebody else" },
    ]);
  });

  it("R-403 all required labels are needed, whatever their case; a blank one matches nothing", () => {
    const line = new Line({ requiredLabels: ["agent", "ready"] });
    line.sees(issue("a", { labels: ["Agent "] }), issue("b", { labels: ["READY", " agent"] }));
    expect(line.reasons("a")).toEqual([{ code: "label-missing", label: "ready" }]);
    expect(line.phase("b")).toBe("running");
    const blank = new Line({ requiredLabels: [""] }).sees(issue("a", { labels: ["", "x"] }));
    expect(blank.codes("a")).toEqual(["label-missing"]);
  });

  it("only active states run; names compare trimmed and lower-cased", () => {
    const line = new Line().sees(
      issue("a", { state: " ToDo " }),
      issue("b", { state: "backlog" }),
      issue("c", { state: "Done" }),
    );
    expect(line.running()).toEqual(["a"]);
    expect(line.reasons("b")).toEqual([{ code: "state-not-active", state: "backlog" }]);
    expect(line.reasons("c")).toEqual([{ code: "state-terminal", state: "Done" }]);
  });

  it("R-436 R-322 an open blocker holds back in every state that is not started, whatever its name", () => {
    const line = new Line().sees(
      issue("b", { state: "backlog" }),
      issue("todo", { blockedBy: [blocker] }),
      issue("doing", { state: "doing", blockedBy: [blocker] }),
      issue("started", { state: "doing", stateKind: "started", blockedBy: [blocker] }),
    );
    expect(line.running()).toEqual(["started"]);
    expect(line.reasons("doing")).toEqual([{ code: "blocked", by: "B", state: "backlog" }]);
    line.changes("b", { state: "done" });
    expect(line.running()).toEqual(["doing", "started", "todo"]);
  });

  it.each([null, "unstarted", "completed", "canceled"] as const)(
    "R-436 so it does where the tracker's kind of the state is %s and nothing has run",
    (stateKind) => {
      const waits = { stateKind, blockedBy: [blocker] };
      const line = new Line({ activeStates: ["todo", "doing", "in progress"] }).sees(
        issue("b", { state: "backlog" }),
        issue("todo", waits),
        issue("doing", { ...waits, state: "doing" }),
        issue("named-started", { ...waits, state: "In Progress" }),
      );
      expect(line.running()).toEqual([]);
      for (const id of ["todo", "doing", "named-started"])
        expect(line.codes(id)).toEqual(["blocked"]);
    },
  );

  it("R-322 an issue with a session or, where the adapter cannot tell, with a run is started", () => {
    const line = new Line().starts("s").opensSession("s", "session-1");
    line.sees(issue("k", { stateKind: null })).checks("k");
    line.ends("s", failed()).ends("k", failed());
    line.changes("s", { blockedBy: [blocker] }).changes("k", { blockedBy: [blocker] });
    expect(line.codes("s")).toEqual(["backoff"]);
    expect(line.codes("k")).toEqual(["backoff"]);
  });

  it("prefers what is known of a blocker; an unknown one is taken at its word, a nameless one blocks", () => {
    const over = { ...blocker, state: "done" };
    const line = new Line().sees(
      issue("known-open", { blockedBy: [{ ...over, id: "open" }] }),
      issue("open", { state: "backlog" }),
    );
    expect(line.reasons("known-open")).toEqual([{ code: "blocked", by: "B", state: "backlog" }]);
    line.sees(
      issue("unknown", { blockedBy: [{ ...over, id: "elsewhere" }] }),
      issue("unknown-kind", {
        blockedBy: [{ ...blocker, id: "elsewhere", state: "X", stateKind: "canceled" }],
      }),
      issue("nameless", { blockedBy: [{ ...over, id: null }] }),
    );
    expect(line.phase("unknown")).toBe("running");
    expect(line.phase("unknown-kind")).toBe("running");
    expect(line.codes("nameless")).toEqual(["blocked"]);
  });
});

describe("capacity", () => {
  it("R-404 an issue that is claimed is not dispatched, nor eligible", () => {
    const line = new Line().sees(issue("a"));
    expect(line.facts()).toEqual(["issue-changed", "run-claimed"]);
    expect(line.phase("a")).toBe("running");
    expect(isEligible(issue("a"), line.state)).toBe(false);
    line.changes("a", { title: "another" });
    expect(line.facts()).toEqual(["issue-changed"]);
  });

  it("R-405 every live run takes a slot: those that retry and those that are being stopped too", () => {
    const line = new Line({ maxConcurrentAgents: 2 }).starts("a", "b");
    line.sees(issue("c"));
    expect(getAvailableSlots(line.state)).toBe(0);
    expect(line.reasons("c")).toEqual([{ code: "no-slot", running: 2, max: 2 }]);
    line.changes("a", { state: "done" });
    expect(line.run("a").stopping).toBe("issue-terminal");
    expect(line.phase("c")).toBe("none");
    line.ends("a", { kind: "canceled", reason: "issue-terminal" });
    expect(line.running()).toEqual(["b", "c"]);
  });

  it("R-405 a run whose agent is gone frees its slot, for as many runs as there are slots", () => {
    const line = new Line({ maxConcurrentAgents: 1 }).starts("a");
    line.sees(issue("b"), issue("c"));
    const finishes = (id: string): Line =>
      line.send({
        type: "run-phase-changed",
        issueId: id,
        runId: line.run(id).runId,
        phase: "finishing",
      });
    finishes("a");
    expect(line.running()).toEqual(["a", "b"]);
    line.checks("b").prepares("b");
    finishes("b");
    expect(line.running()).toEqual(["a", "b"]);
    expect(line.reasons("c")).toEqual([{ code: "no-slot", running: 1, max: 1 }]);
    line.ends("a", failed());
    expect(line.running()).toEqual(["b", "c"]);
  });

  it("R-406 a state's cap counts the issue's state of now, and a full state holds back nobody else", () => {
    const line = new Line({ maxConcurrentAgentsByState: { todo: 1 } });
    line.sees(
      issue("a", { priority: 1 }),
      issue("b", { priority: 1 }),
      issue("c", { priority: 4, state: "doing" }),
    );
    expect(line.running()).toEqual(["a", "c"]);
    expect(line.reasons("b")).toEqual([{ code: "state-cap", state: "todo", running: 1, max: 1 }]);
    expect(canDispatch(line.state, issue("b"))).toBe(false);
    expect(canDispatch(line.state, issue("x", { state: "doing" }))).toBe(true);
    line.changes("a", { state: "doing" });
    expect(line.running()).toEqual(["a", "b", "c"]);
  });

  it("R-432 the cap holds when 1,000 retries fall due at once", () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => `i${index}`);
    const line = new Line({ maxConcurrentAgents: 1_000 }).starts(...ids);
    for (const id of ids) line.ends(id, failed());
    line.send({
      type: "policy-replaced",
      policy: { ...line.state.policy, maxConcurrentAgents: 7 },
    });
    line.passes(10_000);
    expect(line.running()).toHaveLength(7);
    expect(line.facts().filter((fact) => fact === "retry-came-due")).toHaveLength(1_000);
  });
});

describe("explain", () => {
  it("R-437 lists every reason at once, rank and slots included", () => {
    const line = new Line({ maxConcurrentAgents: 1, requiredLabels: ["agent"] });
    const gate = { gate: "paused", by: "somebody" } as const;
    line.send({ type: "gate-closed", gate });
    line.sees(
      issue("a", { labels: ["agent"], priority: 1 }),
      issue("b", { labels: ["agent"], priority: 2 }),
      issue("c", { state: "backlog", blockedBy: [blocker], notDispatchable: "no" }),
    );
    expect(line.codes("a")).toEqual(["gate"]);
    expect(line.reasons("b")).toEqual([
      { code: "gate", gate },
      { code: "outranked", by: "A", ahead: 1 },
    ]);
    expect(line.codes("c")).toEqual([
      "state-not-active",
      "label-missing",
      "not-dispatchable",
      "blocked",
      "gate",
    ]);
    line.send({ type: "gate-opened", gate: "paused" });
    expect(line.codes("a")).toEqual(["running"]);
    expect(line.codes("b")).toEqual(["no-slot"]);
    expect(line.reasons("b")).toEqual([{ code: "no-slot", running: 1, max: 1 }]);
  });

  it("R-437 who is outranked follows from the free slots and from the room in each state", () => {
    const line = new Line({ maxConcurrentAgents: 3, maxConcurrentAgentsByState: { todo: 1 } });
    line.send({ type: "gate-closed", gate: { gate: "paused", by: "somebody" } });
    line.sees(
      issue("a", { priority: 1 }),
      issue("b", { priority: 2 }),
      ...["c", "d", "e"].map((id) => issue(id, { priority: 3, state: "doing" })),
    );
    expect(line.codes("a")).toEqual(["gate"]);
    expect(line.reasons("b")).toContainEqual({ code: "outranked", by: "A", ahead: 1 });
    expect(line.codes("c")).toEqual(["gate"]);
    expect(line.codes("d")).toEqual(["gate"]);
    expect(line.reasons("e")).toContainEqual({ code: "outranked", by: "A", ahead: 3 });
    line.send({ type: "gate-opened", gate: "paused" });
    expect(line.running()).toEqual(["a", "c", "d"]);
  });

  it("says of an issue that nobody has seen that it is not tracked", () => {
    const line = new Line();
    line.tracker.set("a", issue("a"));
    expect(line.codes("a")).toEqual(["not-tracked"]);
    expect(isEligible(issue("a"), line.state)).toBe(true);
  });

  it("R-805 waits while memory is low and says so", () => {
    const gate = { gate: "memory-low", freeMb: 100, reserveMb: 512 } as const;
    const line = new Line().send({ type: "gate-closed", gate }).sees(issue("a"));
    expect(line.reasons("a")).toEqual([{ code: "gate", gate }]);
    line.send({ type: "gate-closed", gate: { ...gate, freeMb: 40 } });
    expect(line.decided).toEqual([]);
    line.send({ type: "gate-closed", gate: { ...gate, reserveMb: 256 } });
    expect(line.facts()).toEqual(["gate-changed"]);
    line.send({ type: "gate-opened", gate: "memory-low" });
    expect(line.phase("a")).toBe("running");
  });
});
