import {
  SignalboxError,
  type AgentToolResult,
  type JsonValue,
  type RunObserver,
  type Tracker,
  type WorkflowConfig,
} from "@signalbox/contracts";
import { MemoryTracker } from "@signalbox/tracker-memory";
import { describe, expect, it } from "vitest";
import { configOf } from "../__fixtures__/config.ts";
import { settle } from "../__fixtures__/simulated-clock.ts";
import { createWorld, fingerprintOf, type World } from "../__fixtures__/world.ts";
import { Orchestrator } from "../orchestrator.ts";

const never = new AbortController().signal;

interface Agent {
  readonly world: World;
  readonly tracker: MemoryTracker;
  readonly orchestrator: Orchestrator;
  readonly offered: readonly string[];
  readonly call: (name: string, input: JsonValue, callId?: string) => Promise<AgentToolResult>;
}

interface Given {
  readonly writes?: WorkflowConfig["tracker"]["writes"];
  readonly transitions?: readonly string[];
  readonly port?: (tracker: MemoryTracker) => Tracker;
}

/** One agent at work on issue `a`; `b` is somebody else's. */
async function agentAtWork(given: Given = {}): Promise<Agent> {
  const base = configOf();
  const world = createWorld({
    ...base,
    tracker: { ...base.tracker, writes: given.writes ?? "full" },
    agent: { ...base.agent, tools: { transitions: given.transitions ?? [] } },
  });
  const tracker = new MemoryTracker({
    now: () => world.clock.now(),
    issues: [
      { identifier: "a", description: "The text of a." },
      { identifier: "b", state: "done", description: "Not your business." },
    ],
  });
  Object.assign(world.ports, { tracker: given.port?.(tracker) ?? tracker });
  const orchestrator = new Orchestrator(world.config, world.ports);
  await orchestrator.start();
  await settle();
  const observer = observerOf(world);
  return {
    world,
    tracker,
    orchestrator,
    offered: world.runHost.orders[0]?.tools?.map(({ name }) => name) ?? [],
    call: async (name, input, callId = "call-1") => {
      const called = observer.onToolCall?.({ callId, name, input }, never);
      await settle();
      return called ?? Promise.reject(new Error("nobody performs tools"));
    },
  };
}

function hanging(tracker: MemoryTracker): Tracker {
  return Object.assign(tracker, { ensureComment: () => new Promise(() => undefined) });
}

/** Does not answer to the first comment of an agent. */
function hangingOnce(tracker: MemoryTracker): Tracker {
  const write = tracker.ensureComment.bind(tracker);
  let hasHung = false;
  const ensureComment: NonNullable<Tracker["ensureComment"]> = (issueId, order, signal) => {
    if (hasHung || !order.key.startsWith("tool-")) return write(issueId, order, signal);
    hasHung = true;
    return new Promise(() => undefined);
  };
  return Object.assign(tracker, { ensureComment });
}

function observerOf({ runHost }: World): RunObserver {
  const [observer] = runHost.live.values();
  if (observer === undefined) throw new Error("nothing runs");
  return observer;
}

describe("what an agent is offered", () => {
  it.each([
    ["off", ["issue_read", "comments_read"]],
    ["comment", ["issue_read", "comments_read", "comment"]],
    ["full", ["issue_read", "comments_read", "comment", "propose_transition", "attach_link"]],
  ] as const)("R-520 follows from what may be written: %s", async (writes, names) => {
    const { call, offered, tracker } = await agentAtWork({ writes, transitions: ["review"] });
    expect(offered).toEqual(names);
    const written = (): number => tracker.writes.filter(({ kind }) => kind !== "release").length;
    const before = written();
    const calls: [string, JsonValue][] = [
      ["comment", { body: "Hello." }],
      ["propose_transition", { to: "review" }],
      ["attach_link", { url: "https://example.invalid/", title: "Here" }],
    ];
    for (const [index, [name, input]] of calls.entries()) {
      const result = await call(name, input, `call-${index}`);
      expect(result.kind, name).toBe(names.some((known) => known === name) ? "ok" : "failed");
    }
    expect(written() - before).toBe(names.length - 2);
  });

  it("moves nothing where the workflow names no states", async () => {
    const { call, offered } = await agentAtWork();
    expect(offered).not.toContain("propose_transition");
    expect(await call("propose_transition", { to: "done" })).toMatchObject({
      code: "unknown-tool",
    });
  });

  it("has the tracker's own tools, bound to the issue of the run", async () => {
    const asked: unknown[] = [];
    const port = (tracker: MemoryTracker): Tracker =>
      Object.assign(tracker, {
        agentTools: () => [
          {
            name: "plan",
            description: "Shows a plan.",
            inputSchema: { type: "object" },
            call: async (order: object): Promise<AgentToolResult> => {
              asked.push(order);
              return { kind: "ok", output: "shown" };
            },
          },
        ],
      });
    const { call, offered } = await agentAtWork({ port });
    expect(offered).toContain("plan");
    expect(await call("plan", { issueId: "b" })).toEqual({ kind: "ok", output: "shown" });
    expect(asked).toEqual([{ issueId: "a", input: { issueId: "b" }, key: "tool-run-1-call-1" }]);
  });
});

describe("a tool", () => {
  it("R-520 reads the run's own issue, with its text, whatever the agent names", async () => {
    const { call } = await agentAtWork();
    const result = await call("issue_read", {});
    expect(result).toMatchObject({
      kind: "ok",
      output: { identifier: "a", description: "The text of a.", state: "todo" },
    });
    expect(await call("issue_read", { id: "b" })).toMatchObject({
      kind: "failed",
      code: "bad-arguments",
    });
  });

  it.each<[string, JsonValue, RegExp]>([
    ["comment", {}, /^body: /],
    ["comment", { body: " " }, /^body: /],
    ["comment", { body: "x".repeat(32 * 1024 + 1) }, /^body: /],
    ["comment", { body: "x", issue: "b" }, /^issue: /],
    ["comment", null, /Object/],
    ["comments_read", { after: "yesterday" }, /^after: /],
    ["attach_link", { url: "javascript:alert(1)", title: "x" }, /^url: /],
    ["attach_link", { url: "https://example.invalid/", title: 7 }, /^title: /],
    ["propose_transition", { to: ["done"] }, /^to: /],
  ])("R-520 %s refuses %j with a reason, and does nothing", async (name, input, why) => {
    const { call, tracker } = await agentAtWork({ transitions: ["review"] });
    const before = tracker.writes.length;
    expect(await call(name, input)).toEqual({
      kind: "failed",
      code: "bad-arguments",
      message: expect.stringMatching(why),
      retryable: false,
    });
    expect(tracker.writes).toHaveLength(before);
  });

  it("writes one comment for one call, however often it is asked", async () => {
    const { call, tracker } = await agentAtWork();
    await call("comment", { body: "Found it." });
    await call("comment", { body: "Found it." });
    await call("comment", { body: "And this." }, "call-2");
    const bodies = tracker.comments("a").map(({ body }) => body);
    expect(bodies.filter((body) => body.startsWith("**An agent of Signalbox writes:**"))).toEqual([
      "**An agent of Signalbox writes:**\n\nFound it.",
      "**An agent of Signalbox writes:**\n\nAnd this.",
    ]);
    expect(tracker.comments("b")).toEqual([]);
  });

  it("is performed when it is asked again in the moment in which it was given up", async () => {
    const { tracker, world } = await agentAtWork({ port: hangingOnce });
    const observer = observerOf(world);
    const call = { callId: "call-1", name: "comment", input: { body: "Hello." } };
    const impatient = new AbortController();
    const first = observer.onToolCall?.(call, impatient.signal);
    impatient.abort(new Error("enough"));
    const second = observer.onToolCall?.(call, never);
    await expect(first).rejects.toThrow("enough");
    await expect(second).resolves.toMatchObject({ kind: "ok" });
    expect(tracker.comments("a").filter(({ body }) => body.includes("Hello."))).toHaveLength(1);
  });

  it("reads what people wrote, and not what we did", async () => {
    const { call, tracker } = await agentAtWork();
    await call("comment", { body: "Ours." });
    tracker.addComment("a", "somebody", "Theirs.");
    expect(await call("comments_read", {})).toMatchObject({
      output: { comments: [{ author: "somebody", body: "Theirs." }], left_out: 0 },
    });
  });

  it("moves the issue only where the workflow lets agents, and where nobody has moved it", async () => {
    const { call, tracker } = await agentAtWork({ transitions: ["Review"] });
    expect(await call("propose_transition", { to: "done" })).toMatchObject({ code: "not-allowed" });
    expect(await call("propose_transition", { to: " review" }, "call-2")).toEqual({
      kind: "ok",
      output: { state: "Review" },
    });
    tracker.put({ identifier: "a", state: "todo" });
    expect(await call("propose_transition", { to: "review" }, "call-3")).toMatchObject({
      code: "conflict",
    });
    expect((await tracker.fetchIssuesByIds(["a"], never))[0]?.state).toBe("todo");
  });

  it("R-438 that moves the issue is our own write: it counts as no progress", async () => {
    const { call, orchestrator, tracker, world } = await agentAtWork({ transitions: ["doing"] });
    const version = orchestrator.state.claims.get("a");
    await call("propose_transition", { to: "doing" });
    await world.clock.advance(30_000);
    expect(orchestrator.state.issues.get("a")?.state).toBe("doing");
    await world.runHost.end("run-1", {
      outcome: { kind: "succeeded" },
      fingerprint: fingerprintOf("base", 0),
      turns: 1,
    });
    await settle();
    expect(version).toMatchObject({ phase: "running" });
    expect(orchestrator.state.executions.get("a")?.noProgress).toBe(1);
    expect(tracker.writes.filter(({ kind }) => kind === "transition")).toHaveLength(1);
  });

  it("tells what the tracker says as a failure, and that it may pass", async () => {
    const { call, tracker } = await agentAtWork();
    tracker.failNext(
      new SignalboxError("tracker_rate_limited", "Too many requests.", { retryable: true }),
    );
    expect(await call("comment", { body: "Hello." })).toEqual({
      kind: "failed",
      code: "tracker_rate_limited",
      message: "Too many requests.",
      retryable: true,
    });
  });

  it("of a tracker that hangs is given up, and holds up no decision", async () => {
    const { orchestrator, world } = await agentAtWork({ port: hanging });
    const call = { callId: "call-1", name: "comment", input: { body: "Hello." } };
    const called = observerOf(world).onToolCall?.(call, never);
    await orchestrator.stopIssue("a", "somebody");
    await world.clock.advance(50_000);
    expect(await called).toMatchObject({ kind: "failed", code: "timed_out", retryable: true });
  });

  it("leaves the tracker's quota to the daemon, however many agents ask", async () => {
    const { call, world } = await agentAtWork();
    const askedTimes = async (times: number, from: number): Promise<readonly string[]> => {
      const results: string[] = [];
      for (let index = 0; index < times; index += 1) {
        const result = await call("issue_read", {}, `call-${from + index}`);
        results.push(result.kind === "ok" ? "ok" : result.code);
      }
      return results;
    };
    expect((await askedTimes(20, 0)).every((result) => result === "ok")).toBe(true);
    expect(await call("issue_read", {}, "call-20")).toEqual({
      kind: "failed",
      code: "too-many-calls",
      message: expect.stringContaining("Ask again in 60 s"),
      retryable: true,
    });
    await world.clock.advance(60_000);
    expect(await askedTimes(1, 21)).toEqual(["ok"]);
  });
});
