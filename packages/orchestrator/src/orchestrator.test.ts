import { SignalboxError } from "@signalbox/contracts";
import { hashState } from "@signalbox/core";
import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { settle, SimulatedClock } from "./__fixtures__/simulated-clock.ts";
import { createWorld, fingerprintOf, issueOf, type World } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";
import type { Problem } from "./problem.ts";
import { replay } from "./replay.ts";

async function started(world: World): Promise<{ orchestrator: Orchestrator; problems: Problem[] }> {
  const orchestrator = new Orchestrator(world.config, world.ports);
  const problems: Problem[] = [];
  orchestrator.on("problem", (problem) => problems.push(problem));
  await orchestrator.start();
  await settle();
  return { orchestrator, problems };
}

const delivering = {
  ...configOf().tracker,
  states: { running: "doing", succeeded: "done" },
} as const;
const done = {
  outcome: { kind: "succeeded" },
  fingerprint: fingerprintOf("new", 1),
  turns: 1,
} as const;

describe("polling", () => {
  it("R-423 looks at the tracker at once and runs what it finds", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["a"]);
  });

  it("R-413 asks for nothing by id while nothing is claimed", async () => {
    const world = createWorld(configOf());
    await started(world);
    await world.clock.advance(90_000);
    expect(world.tracker.calls).toEqual(["list", "list", "list", "list"]);
  });

  it("R-414 reconciles before it observes, also when reading the workflow file fails", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    world.tracker.calls.length = 0;
    world.tracker.put(issueOf("a", { state: "done" }), issueOf("b"));
    const failing = {
      ...world.ports,
      config: {
        ...world.ports.config,
        refresh: async () => Promise.reject(new Error("half-written")),
      },
    };
    Object.assign(world.ports, failing);
    await world.clock.advance(30_000);
    expect(world.tracker.calls.slice(0, 2)).toEqual(["byIds", "list"]);
    expect(world.runHost.stops).toEqual([{ runId: "run-1", reason: "issue-terminal" }]);
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["a", "b"]);
  });

  it("R-412 R-415 a tracker that fails costs one tick and no worker", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const { orchestrator, problems } = await started(world);
    const failure = new SignalboxError("tracker_transport", "no route", { retryable: true });
    world.tracker.failures.set("list", failure).set("byIds", failure);
    await world.clock.advance(30_000);
    expect(problems.map((problem) => problem.code)).toEqual([
      "tracker_transport",
      "tracker_transport",
    ]);
    expect(world.runHost.live.size).toBe(1);
    world.tracker.failures.clear();
    world.tracker.put(issueOf("b"));
    await world.clock.advance(30_000);
    expect(orchestrator.state.index.running).toBe(2);
  });

  it("R-321 waits as long as the tracker asks before the next poll", async () => {
    const world = createWorld(configOf());
    const limited = new SignalboxError("tracker_rate_limited", "slow down", {
      retryable: true,
      retryAfterMs: 120_000,
    });
    world.tracker.failures.set("list", limited);
    await started(world);
    await world.clock.advance(119_000);
    expect(world.tracker.calls).toEqual(["list"]);
    await world.clock.advance(2_000);
    expect(world.tracker.calls).toEqual(["list", "list"]);
  });

  it("R-435 requests during a poll share the next one", async () => {
    const world = createWorld(configOf());
    const { orchestrator } = await started(world);
    const held = Promise.withResolvers<void>();
    world.tracker.hold = held.promise;
    const requests = Array.from({ length: 10 }, () => orchestrator.refresh());
    await settle();
    held.resolve();
    world.tracker.hold = null;
    await Promise.all(requests);
    expect(world.tracker.calls).toEqual(["list", "list", "list"]);
  });

  it("R-611 the state can be read while a poll hangs, and a hanging poll is given up", async () => {
    const world = createWorld(configOf({ tracker: delivering }));
    world.tracker.put(issueOf("a"));
    const { orchestrator, problems } = await started(world);
    world.tracker.hold = Promise.withResolvers<void>().promise;
    await world.clock.advance(30_000);
    await world.runHost.end("run-1", done);
    await settle();
    expect(orchestrator.state.executions.get("a")?.delivered).not.toBeNull();
    await world.clock.advance(121_000);
    expect(problems.map((problem) => problem.code)).toContain("timed_out");
  });
});

describe("answers", () => {
  it("R-433 are those that came after the question, by the tracker's clock", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const asked = "2001-01-01T00:00:00.000Z";
    const afters: (string | null)[] = [];
    const comment = { id: "1", author: "person", body: "The left one.", createdAt: asked };
    Object.assign(world.tracker, {
      ensureComment: async () => ({ writtenAt: asked }),
      fetchComments: async (_issueId: string, after: string | null) => {
        afters.push(after);
        return [comment];
      },
    });
    await started(world);
    await world.runHost.end("run-1", {
      outcome: { kind: "needs-input", question: "Which one?" },
      fingerprint: null,
      turns: 1,
    });
    await settle();
    await world.clock.advance(30_000);
    expect(afters[0]).toBe(asked);
    expect(world.runHost.orders.at(-1)?.feedback).toContain("The left one.");
  });
});

describe("dispatch", () => {
  it("R-405 the next run starts when the agent is gone, before the last look at its workspace", async () => {
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    await started(world);
    const heard = world.runHost.live
      .get("run-1")
      ?.onEvent({ type: "phase-changed", phase: "finishing", spoolSeq: 8, at: 0 });
    await settle();
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["a", "b"]);
    expect(world.runHost.live.has("run-1")).toBe(true);
    await world.clock.advance(1_000);
    await heard;
  });

  it("R-428 reads the issue again right before it starts it", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a", { description: "old" }));
    const original = world.tracker.fetchIssuesByIds.bind(world.tracker);
    world.tracker.fetchIssuesByIds = async (ids) => {
      world.tracker.put(issueOf("a", { description: "new" }));
      return original(ids);
    };
    await started(world);
    expect(world.runHost.orders[0]?.issue.description).toBe("new");
  });

  it.each([
    ["gone", (world: World) => void world.tracker.issues.delete("a")],
    [
      "finished meanwhile",
      (world: World) => void world.tracker.put(issueOf("a", { state: "done" })),
    ],
    [
      "not routable",
      (world: World) => void world.tracker.put(issueOf("a", { notDispatchable: "no" })),
    ],
  ])("R-428 an issue that is %s at the check releases its claim", async (_, change) => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const original = world.tracker.fetchIssuesByIds.bind(world.tracker);
    world.tracker.fetchIssuesByIds = async (ids) => {
      change(world);
      return original(ids);
    };
    const { orchestrator } = await started(world);
    expect(world.runHost.orders).toEqual([]);
    expect(orchestrator.state.claims.size).toBe(0);
  });

  it("R-428 a check that fails keeps the claim and tries again", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    world.tracker.failures.set("byIds", new SignalboxError("tracker_status", "502"));
    const { orchestrator } = await started(world);
    expect(orchestrator.state.claims.get("a")?.phase).toBe("retrying");
    world.tracker.failures.clear();
    await world.clock.advance(31_000);
    expect(world.runHost.orders.length).toBe(1);
  });

  it("R-426 a run that cannot be started is a retry, never a crash", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    world.runHost.failStart = new Error("no more processes");
    const { orchestrator } = await started(world);
    expect(orchestrator.state.claims.get("a")).toMatchObject({
      phase: "retrying",
      error: expect.stringContaining("no more processes"),
    });
    world.runHost.failStart = null;
    await world.clock.advance(10_000);
    expect(world.runHost.orders.map((order) => order.attempt)).toEqual([1]);
  });

  it("fills a free slot when it becomes free, not at the next poll", async () => {
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    await started(world);
    expect(world.runHost.orders.length).toBe(1);
    await world.runHost.end("run-1", { ...done, outcome: { kind: "needs-input", question: "?" } });
    await settle();
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["a", "b"]);
  });

  it("R-805 waits while too little memory is free, and starts when it is back", async () => {
    const world = createWorld(configOf());
    world.freeMemoryMb = 100;
    const { orchestrator } = await started(world);
    world.tracker.put(issueOf("a"));
    await world.clock.advance(30_000);
    expect(world.runHost.orders).toEqual([]);
    expect(orchestrator.state.gates["memory-low"]).toMatchObject({ freeMb: 100, reserveMb: 512 });
    world.freeMemoryMb = 1_000;
    await world.clock.advance(30_000);
    expect(world.runHost.orders.length).toBe(1);
  });
});

describe("between turns", () => {
  it("R-425 R-429 reads the issue again and ends the run when it moved", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    const observer = world.runHost.live.get("run-1");
    const turn = {
      turn: 1,
      outcome: { kind: "succeeded" },
      fingerprint: fingerprintOf("x", 0),
    } as const;
    expect(await observer?.onTurnEnded(turn)).toEqual({ kind: "go" });
    world.tracker.put(issueOf("a", { state: "paused" }));
    const reply = await observer?.onTurnEnded({ ...turn, turn: 2 });
    expect(reply?.kind).toBe("end");
    expect(world.runHost.stops).toEqual([{ runId: "run-1", reason: "issue-inactive" }]);
  });

  it("a tracker that does not answer between turns ends nothing", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    world.tracker.failures.set("byIds", new SignalboxError("tracker_transport", "no route"));
    const turn = {
      turn: 1,
      outcome: { kind: "succeeded" },
      fingerprint: fingerprintOf("x", 0),
    } as const;
    const reply = await world.runHost.live.get("run-1")?.onTurnEnded(turn);
    expect(reply).toEqual({ kind: "go" });
  });
});

describe("configuration", () => {
  it("R-119 applies a changed policy at once, and keeps a run's own configuration", async () => {
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    await started(world);
    const first = world.config;
    world.config = configOf({
      source: { ...first.source, hash: "two" },
      agent: { ...first.agent, maxConcurrentAgents: 2 },
    });
    world.configListener?.();
    await settle();
    expect(world.runHost.orders.map((order) => order.config)).toEqual([first, world.config]);
  });

  it("R-120 R-601 a bad reload keeps what was good and says what is wrong, once", async () => {
    const world = createWorld(configOf());
    const bad = new SignalboxError("workflow_invalid", "polling.interval_ms must be positive");
    Object.assign(world.ports, { config: { ...world.ports.config, error: () => bad } });
    world.tracker.put(issueOf("a"));
    const { problems } = await started(world);
    await world.clock.advance(60_000);
    expect(problems.map((problem) => problem.code)).toEqual(["workflow_invalid"]);
    expect(world.runHost.orders.length).toBe(1);
  });
});

describe("the journal", () => {
  it("R-424 R-701 a restart goes on from the journal; a run that is gone is resumed in a new one", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const first = await started(world);
    await world.runHost.live.get("run-1")?.onEvent({
      type: "agent-event",
      spoolSeq: 2,
      at: 0,
      event: { type: "session-started", sessionId: "talk-1", model: null },
    });
    await settle();
    const replayed = await replay(world.journal);
    expect(hashState(replayed.state)).toBe(hashState(first.orchestrator.state));

    const next = createWorld(configOf(), world);
    await started(next);
    await next.clock.advance(1_000);
    expect(next.runHost.orders).toMatchObject([
      { runId: "run-2", retryKind: "lost", resumeSessionId: "talk-1" },
    ]);
  });

  it("a run that lives is adopted, and its outcome counts once", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    const next = createWorld(configOf(), world);
    next.runHost.recovery = "adopted";
    const { orchestrator } = await started(next);
    expect(next.runHost.orders).toEqual([]);
    await next.runHost.end("run-1", { ...done, outcome: { kind: "needs-input", question: "?" } });
    await settle();
    expect(orchestrator.state.claims.get("a")?.phase).toBe("parked");
  });

  it("R-703 a run that is adopted after a long absence is not judged by it, but by what is heard from then on", async () => {
    const before = createWorld(configOf());
    before.tracker.put(issueOf("a"));
    await started(before);
    const clock = new SimulatedClock();
    await clock.advance(3_600_000);
    const { tracker, journal } = before;
    const world = createWorld(configOf(), { tracker, journal, clock });
    world.runHost.recovery = "adopted";
    await started(world);
    await clock.advance(configOf().agent.stallTimeoutMs - 1_000);
    expect(world.runHost.stops).toEqual([]);
    await clock.advance(2_000);
    expect(world.runHost.stops).toEqual([{ runId: "run-1", reason: "stalled" }]);
  });

  it("a run that cannot be judged is not judged by its silence either", async () => {
    const before = createWorld(configOf());
    before.tracker.put(issueOf("a"));
    await started(before);
    const { tracker, journal, clock } = before;
    const world = createWorld(configOf(), { tracker, journal, clock });
    world.runHost.recover = () => Promise.reject(new SignalboxError("run_not_judged", "who knows"));
    await started(world);
    await clock.advance(3 * configOf().agent.stallTimeoutMs);
    expect(world.runHost.stops).toEqual([]);
  });

  it("a stop that was decided before its run was adopted reaches the run", async () => {
    const before = createWorld(configOf());
    before.tracker.put(issueOf("a"));
    await started(before);
    const { tracker, journal, clock } = before;
    const choosy = configOf({ tracker: { ...configOf().tracker, requiredLabels: ["agent"] } });
    const world = createWorld(choosy, { tracker, journal, clock });
    const recovered = Promise.withResolvers<"adopted">();
    world.runHost.recover = () => recovered.promise;
    const starting = started(world);
    await settle();
    // Nobody is there yet who could be stopped.
    const early = world.runHost.stops.splice(0);
    recovered.resolve("adopted");
    await starting;
    expect(early).toEqual([{ runId: "run-1", reason: "issue-not-routable" }]);
    expect(world.runHost.stops).toEqual(early);
  });

  it("R-1008 with an empty journal, what was delivered before does not start again", async () => {
    const world = createWorld(configOf({ tracker: delivering }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    const looking = Promise.withResolvers<ReadonlyMap<string, string>>();
    Object.assign(world.ports.delivery, { findDelivered: () => looking.promise });
    const starting = started(world);
    await settle();
    expect(world.runHost.orders).toEqual([]);
    looking.resolve(new Map([["A", "c0ffee"]]));
    const { orchestrator } = await starting;
    await settle();
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["b"]);
    expect(orchestrator.state.executions.get("a")?.delivered?.commit).toBe("c0ffee");
    expect(world.tracker.issues.get("a")?.state).toBe("done");
  });

  it("R-709 nothing starts while the journal cannot be written, and all goes on when it can", async () => {
    const world = createWorld(configOf());
    const { problems } = await started(world);
    world.journal.failure = new SignalboxError("journal_full", "no space left", {
      retryable: true,
    });
    world.tracker.put(issueOf("a"));
    await world.clock.advance(30_000);
    expect(world.runHost.orders).toEqual([]);
    expect(problems.map((problem) => problem.code)).toContain("journal_full");
    world.journal.failure = null;
    await world.clock.advance(31_000);
    expect(world.runHost.orders.length).toBe(1);
  });

  it("R-707 a fenced daemon does nothing more", async () => {
    const world = createWorld(configOf());
    const { orchestrator } = await started(world);
    const fenced = Promise.withResolvers<Problem>();
    orchestrator.on("fenced", fenced.resolve);
    world.journal.epoch += 1;
    world.tracker.put(issueOf("a"));
    await world.clock.advance(30_000);
    expect((await fenced.promise).code).toBe("journal_fenced");
    expect(world.runHost.orders).toEqual([]);
    await orchestrator.finished();
    expect(world.journal.closed).toBe(true);
  });
});

describe("ending", () => {
  it("stops what runs, writes down how it ended, and leaves no timer", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const { orchestrator } = await started(world);
    await orchestrator.stop();
    expect(world.runHost.stops).toEqual([{ runId: "run-1", reason: "shutdown" }]);
    expect(orchestrator.state.claims.get("a")).toMatchObject({
      phase: "retrying",
      kind: "resumed",
    });
    expect(world.journal.snapshot?.seq).toBe(world.journal.entries.length);
    expect(world.journal.closed).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it("R-607 a drain waits for what runs and starts nothing; a second stop cuts it short", async () => {
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    const { orchestrator } = await started(world);
    const drained = orchestrator.stop({ drain: true });
    await settle();
    expect(world.runHost.live.size).toBe(1);
    expect(world.journal.closed).toBe(false);
    await orchestrator.stop();
    await drained;
    expect(world.runHost.orders.length).toBe(1);
  });

  it("R-619 a single pass ends when nothing is left to do", async () => {
    const world = createWorld(configOf({ tracker: delivering }));
    world.tracker.put(
      issueOf("a"),
      issueOf("b", { blockedBy: [{ id: "a", identifier: "A", state: "todo", stateKind: null }] }),
    );
    const orchestrator = new Orchestrator(world.config, world.ports);
    await orchestrator.start({ once: true });
    let isOver = false;
    const watch = async (): Promise<void> => {
      await orchestrator.finished();
      isOver = true;
    };
    const watched = watch();
    await world.clock.advance(200);
    await world.runHost.end("run-1", done);
    await world.clock.advance(200);
    expect(isOver).toBe(false);
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["a", "b"]);
    await world.runHost.end("run-2", done);
    await world.clock.advance(200);
    expect(isOver).toBe(true);
    await watched;
    expect(world.tracker.issues.get("b")?.state).toBe("done");
    await orchestrator.stop();
  });

  it("R-619 a single pass does not wait for a retry that became blocked by what nobody works on", async () => {
    const world = createWorld(configOf({ tracker: delivering }));
    world.tracker.put(issueOf("a"), issueOf("b", { state: "someday" }));
    world.tracker.failures.set("byIds", new SignalboxError("tracker_transport", "no answer"));
    const orchestrator = new Orchestrator(world.config, world.ports);
    await orchestrator.start({ once: true });
    await settle();
    expect(orchestrator.state.claims.get("a")?.phase).toBe("retrying");
    world.tracker.failures.clear();
    const blocker = { id: "b", identifier: "B", state: "someday", stateKind: null };
    world.tracker.put(issueOf("a", { blockedBy: [blocker] }));
    await orchestrator.refresh();
    await world.clock.advance(60_000);
    await orchestrator.finished();
    expect(world.runHost.orders).toEqual([]);
    expect(orchestrator.state.claims.get("a")?.phase).toBe("retrying");
    await orchestrator.stop();
  });

  it("a single pass over an unreadable tracker fails", async () => {
    const world = createWorld(configOf());
    world.tracker.failures.set("list", new SignalboxError("tracker_payload", "it is a folder"));
    const orchestrator = new Orchestrator(world.config, world.ports);
    await orchestrator.start({ once: true });
    await world.clock.advance(2_000);
    await expect(orchestrator.finished()).rejects.toThrow("three times");
    await orchestrator.stop();
  });

  it("R-427 R-903 a listener or a port that throws stops nothing", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const orchestrator = new Orchestrator(world.config, world.ports);
    orchestrator.on("state_change", () => {
      throw new Error("listener");
    });
    await orchestrator.start();
    await settle();
    expect(world.runHost.live.size).toBe(1);
    expect(world.log.some(({ message }) => message.includes("listener"))).toBe(true);
  });
});
