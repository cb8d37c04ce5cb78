import { describe, expect, it } from "vitest";
import { Line, failed, issue, start } from "../__fixtures__/line.ts";
import {
  type OrchestratorEvent,
  createEmptyState,
  defaultPolicy,
  factForm,
  factsFrom,
  factsVersion,
  hashState,
  journalForm,
  policyFrom,
  restoreState,
  snapshotOf,
  snapshotParts,
  snapshotVersion,
  summarizeIssue,
} from "../index.ts";

describe("a snapshot", () => {
  it("R-424 gives the state back, timers and queues included", () => {
    const line = new Line({ maxConcurrentAgents: 1 }).starts("a").sees(issue("b"));
    line.ends("a", failed());
    line.sees(issue("c"));
    const restored = restoreState(JSON.parse(JSON.stringify(snapshotOf(line.state))));
    expect(hashState(restored)).toBe(hashState(line.state));
    line.state = restored;
    expect(line.checks("b").ends("b", failed()).running()).toEqual(["c"]);
    line.checks("c").ends("c", failed());
    expect(line.running()).toEqual([]);
    expect(line.passes(10_000).running()).toEqual(["a"]);
  });

  it("R-710 of another format is refused", () => {
    const [, ...parts] = [...snapshotParts(new Line().starts("a").state)];
    expect(() => restoreState([{ v: snapshotVersion + 1 }, ...parts])).toThrow(TypeError);
    expect(() => restoreState({ v: 2 })).toThrow(TypeError);
    expect(() => restoreState([])).toThrow("version");
  });

  it("R-710 of the version before is read: it held the same, but no orders about marks", () => {
    const { state } = new Line({ writes: "full" }).starts("a");
    const [head, ...parts] = [...snapshotParts(state)];
    const older = [Object.assign({}, head, { v: 2 }), ...parts];
    expect(hashState(restoreState(older))).toBe(hashState(state));
    expect(() => restoreState([Object.assign({}, head, { v: 1 }), ...parts])).toThrow(TypeError);
  });

  it("comes in parts that are small, whatever the state holds", () => {
    const issues = Array.from({ length: 700 }, (_, index) => issue(`i${index}`));
    const { state } = new Line({ maxConcurrentAgents: 0 }).sees(...issues);
    const parts = [...snapshotParts(state)];
    expect(parts).toHaveLength(4);
    expect(hashState(restoreState(JSON.parse(JSON.stringify(parts))))).toBe(hashState(state));
  });

  it("has a hash of its content, not of the way that led to it", () => {
    const one = new Line({ maxConcurrentAgents: 0 }).sees(issue("a")).sees(issue("b"));
    const other = new Line({ maxConcurrentAgents: 0 }).sees(issue("b"), issue("a"));
    expect(hashState(one.state)).toBe(hashState(other.state));
    expect(hashState(one.changes("a", { title: "another" }).state)).not.toBe(
      hashState(other.state),
    );
  });
});

describe("what is kept of things", () => {
  it("an issue: its title clipped, its description only in the version", () => {
    const long = issue("a", { title: `${"x".repeat(79)}😀`, description: "secret plan" });
    const summary = summarizeIssue(long);
    expect(summary.title).toBe("x".repeat(79));
    expect(JSON.stringify(summary)).not.toContain("secret plan");
    expect(summary.version).not.toBe(summarizeIssue({ ...long, description: null }).version);
    expect(summary.version).toHaveLength(12);
  });

  it("an input: lists as counts and ids, no text of issues", () => {
    const issues = Array.from({ length: 50 }, (_, index) => issue(`i${index}`));
    const event: OrchestratorEvent = {
      type: "issues-observed",
      at: start,
      scope: "full",
      issues,
      removedIds: ["z"],
    };
    const ids = issues.slice(0, 20).map(({ id }) => id);
    expect(journalForm(event)).toEqual({
      type: "issues-observed",
      at: start,
      scope: "full",
      issues: { count: 50, ids },
      removed: 1,
    });
    const checked = { type: "issue-checked", at: start, issueId: "a", runId: "run-1" } as const;
    expect(journalForm({ ...checked, issue: issue("a", { description: "secret" }) })).toEqual({
      ...checked,
      issue: { id: "a", state: "todo" },
    });
  });

  it("a state: nothing, to begin with", () => {
    expect(createEmptyState().policy).toBe(defaultPolicy);
    expect(createEmptyState().issues.size).toBe(0);
  });
});

describe("the facts of an entry", () => {
  const decided = new Line().starts("a").decided;
  const kept: unknown = JSON.parse(JSON.stringify(factForm(decided)));

  it("are kept without the time that they share, and come back with it", () => {
    expect(decided.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain('"at"');
    expect(factsFrom(kept, factsVersion, decided[0]?.at ?? 0)).toEqual(decided);
  });

  it("R-710 of an older version are brought to this one; of a newer one, refused", () => {
    const older: unknown = JSON.parse(JSON.stringify(decided));
    expect(factsFrom(older, 1, decided[0]?.at ?? 0)).toEqual(decided);
    expect(factsFrom(kept, 2, decided[0]?.at ?? 0)).toEqual(decided);
    expect(factsFrom(kept, factsVersion + 1, 0)).toBeNull();
    expect(factsFrom(kept, 0, 0)).toBeNull();
  });

  it("are never passed over where one is unknown", () => {
    expect(factsFrom([{ type: "weather-changed" }], factsVersion, 0)).toBeNull();
    expect(factsFrom(["x"], factsVersion, 0)).toBeNull();
    expect(factsFrom(null, factsVersion, 0)).toBeNull();
  });
});

describe("the version of an issue", () => {
  it("changes with state, title, description, labels, blockers and priority, and nothing else", () => {
    const plain = issue("a", { labels: ["x", "y"] });
    const blocker = { id: "b", identifier: "B", state: null, stateKind: null };
    const version = (change: Parameters<typeof issue>[1]): string =>
      summarizeIssue({ ...plain, ...change }).version;
    const versions = [
      version({}),
      version({ state: "doing" }),
      version({ title: "t" }),
      version({ description: "d" }),
      version({ labels: ["x"] }),
      version({ labels: ["xy"] }),
      version({ blockedBy: [blocker] }),
      version({ priority: 1 }),
    ];
    expect(new Set(versions).size).toBe(versions.length);
    expect(version({ state: " TODO", labels: ["y", "x"], assignee: "z" })).toBe(versions[0]);
    expect(version({ blockedBy: [{ ...blocker, state: "done" }] })).toBe(
      version({ blockedBy: [blocker] }),
    );
  });
});

describe("the policy of a workflow file", () => {
  it("R-117 normalises states, labels and caps, and takes the tracker's defaults for what is missing", () => {
    const limit = { tokens: null, usd: null };
    const policy = policyFrom(
      {
        source: { path: "/w", folder: "/", hash: "" },
        stateDir: "/s",
        prompt: { template: "", path: "/w", line: 1 },
        tracker: {
          kind: "roadmap",
          provider: {},
          activeStates: null,
          terminalStates: [" Done "],
          requiredLabels: [" Agent"],
          writes: "comment",
          states: null,
        },
        polling: { intervalMs: 1 },
        workspace: { kind: "folder", root: "/r", repository: "", base: null },
        hooks: {
          afterCreate: null,
          beforeRun: null,
          afterRun: null,
          beforeRemove: null,
          timeoutMs: 1,
        },
        agent: {
          backend: "command",
          maxConcurrentAgents: 3,
          maxConcurrentAgentsByState: { " In Progress": 2 },
          maxTurns: 1,
          maxFailures: 2,
          maxContinuations: 3,
          maxNoProgress: 4,
          maxRetryBackoffMs: 5,
          turnTimeoutMs: 1,
          startupTimeoutMs: 1,
          stallTimeoutMs: 6,
          runTimeoutMs: 0,
          graceMs: 1,
        },
        backends: {},
        delivery: { kind: "merge", into: null, check: null, checkTimeoutMs: 1 },
        sandbox: { tier: "none", network: "on", home: "user" },
        budgets: { perRun: limit, perIssue: limit, perDay: limit },
        runner: "inline",
        onTerminate: "leave",
        journal: { kind: "sqlite", path: null },
        retention: { journalDays: 1, transcriptDays: 1, spoolDays: 1 },
        memoryReserveMb: 0,
        server: { port: null },
        unknownKeys: [],
        raw: {},
      },
      { activeStates: ["Planned"], terminalStates: ["x"], states: { succeeded: "Done" } },
    );
    expect(policy).toEqual({
      backend: "command",
      activeStates: ["planned"],
      terminalStates: ["done"],
      requiredLabels: ["agent"],
      writes: "comment",
      states: { succeeded: "Done" },
      deliveryKind: "merge",
      maxConcurrentAgents: 3,
      maxConcurrentAgentsByState: { "in progress": 2 },
      maxTurns: 1,
      maxFailures: 2,
      maxContinuations: 3,
      maxNoProgress: 4,
      maxRetryBackoffMs: 5,
      stallTimeoutMs: 6,
      budgets: { perRun: limit, perIssue: limit, perDay: limit },
    });
  });
});
