import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { settle } from "./__fixtures__/simulated-clock.ts";
import { createWorld, fingerprintOf, issueOf, type World } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";
import type { Problem } from "./problem.ts";

async function started(world: World): Promise<{ orchestrator: Orchestrator; problems: Problem[] }> {
  const orchestrator = new Orchestrator(world.config, world.ports);
  const problems: Problem[] = [];
  orchestrator.on("problem", (problem) => problems.push(problem));
  await orchestrator.start();
  await settle();
  return { orchestrator, problems };
}

const delivering = configOf({
  tracker: { ...configOf().tracker, states: { running: "doing", succeeded: "done" } },
});
const full = new SignalboxError("journal_full", "no space left", { retryable: true });
const lookingForDelivered = (
  world: World,
  find: () => Promise<ReadonlyMap<string, string>>,
): void => {
  Object.assign(world.ports.delivery, { findDelivered: find });
};

describe("work that was delivered before the journal began", () => {
  it("R-1008 a first poll that fails opens nothing", async () => {
    const world = createWorld(delivering);
    world.tracker.put(issueOf("a"));
    world.tracker.failures.set("list", new SignalboxError("tracker_transport", "no route"));
    lookingForDelivered(world, async () => new Map([["A", "c0ffee"]]));
    const { orchestrator } = await started(world);
    expect(orchestrator.state.gates.recovering).toBeDefined();
    world.tracker.failures.clear();
    await world.clock.advance(31_000);
    expect(world.runHost.orders).toEqual([]);
    expect(orchestrator.state.executions.get("a")?.delivered).not.toBeNull();
  });

  it("R-1008 a repository that cannot be read opens nothing, is told once, and is asked again", async () => {
    const world = createWorld(delivering);
    world.tracker.put(issueOf("a"), issueOf("b"));
    let isReadable = false;
    lookingForDelivered(world, async () => {
      if (!isReadable) throw new Error("locked");
      return new Map([["A", "c0ffee"]]);
    });
    const { problems } = await started(world);
    await world.clock.advance(60_000);
    expect(world.runHost.orders).toEqual([]);
    expect(problems.length).toBe(1);
    isReadable = true;
    await world.clock.advance(31_000);
    expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["b"]);
  });

  it("R-1008 a crash in the first moments opens nothing", async () => {
    const world = createWorld(delivering);
    world.tracker.put(issueOf("a"));
    lookingForDelivered(world, () => Promise.withResolvers<never>().promise);
    void new Orchestrator(world.config, world.ports).start();
    await settle();
    const next = createWorld(delivering, world);
    lookingForDelivered(next, async () => new Map([["A", "c0ffee"]]));
    await started(next);
    expect(next.runHost.orders).toEqual([]);
  });
});

describe("time", () => {
  it("R-421 an agent is not judged by its silence before what it said was heard", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    const say = (): void => {
      void world.runHost.live.get("run-1")?.onEvent({
        type: "agent-event",
        spoolSeq: 2,
        at: world.clock.now(),
        event: { type: "message", role: "agent", text: "still here" },
      });
    };
    await world.clock.advance(297_000);
    say();
    await world.clock.advance(4_000);
    expect(world.runHost.stops).toEqual([]);
    await world.clock.advance(298_000);
    expect(world.runHost.stops).toEqual([{ runId: "run-1", reason: "stalled" }]);
  });

  it("R-419 a timer that rings before its time is armed again", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    await started(world);
    await world.runHost.end("run-1", {
      outcome: { kind: "succeeded" },
      fingerprint: fingerprintOf("z", 0),
      turns: 1,
    });
    await settle();
    const now = world.clock.now.bind(world.clock);
    world.clock.now = () => now() - 5;
    await world.clock.advance(1_010);
    expect(world.runHost.orders.length).toBe(2);
  });
});

it("R-702 a run whose fate cannot be found out keeps its claim, and is asked about again", async () => {
  const world = createWorld(configOf());
  world.tracker.put(issueOf("a"));
  await started(world);
  const next = createWorld(configOf(), world);
  next.runHost.recover = async () => Promise.reject(new Error("still alive"));
  const { orchestrator, problems } = await started(next);
  await next.clock.advance(29_000);
  expect(orchestrator.state.claims.get("a")).toMatchObject({ phase: "running", runId: "run-1" });
  expect(problems.length).toBe(1);
  expect(next.runHost.orders).toEqual([]);
  next.runHost.recover = async () => "gone";
  await next.clock.advance(32_000);
  expect(next.runHost.orders).toMatchObject([{ runId: "run-2", retryKind: "lost" }]);
});

describe("ending", () => {
  it("R-709 the daemon can be stopped while the journal cannot be written", async () => {
    const world = createWorld(configOf());
    const { orchestrator } = await started(world);
    world.journal.failure = full;
    world.tracker.put(issueOf("b"));
    await world.clock.advance(31_000);
    const stopped = orchestrator.stop();
    await world.clock.advance(11_000);
    await stopped;
    expect(world.journal.closed).toBe(true);
    expect(world.clock.pending).toBe(0);
  });

  it("R-607 a stop during the start leaves nothing running", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const orchestrator = new Orchestrator(world.config, () => Promise.resolve(world.ports));
    const starting = orchestrator.start();
    await orchestrator.stop();
    await starting;
    expect(world.runHost.live.size).toBe(0);
    expect(world.journal.closed).toBe(true);
  });

  it("a run that the closed host refuses goes on at the next start, and is no failure", async () => {
    const world = createWorld(configOf());
    const { orchestrator } = await started(world);
    world.runHost.failStart = new SignalboxError("host_closed", "the host is closed");
    orchestrator.on("state_change", ({ decided }) => {
      if (decided.some(({ type }) => type === "run-confirmed")) void orchestrator.stop();
    });
    world.tracker.put(issueOf("a"));
    await world.clock.advance(30_000);
    await orchestrator.stop();
    expect(orchestrator.state.claims.get("a")?.phase).toBe("retrying");
    expect(orchestrator.state.executions.get("a")?.failures ?? 0).toBe(0);
  });
});

describe("ports that break", () => {
  it("R-903 a probe that throws costs one look, not the polling", async () => {
    const world = createWorld(configOf());
    const { problems } = await started(world);
    Object.assign(world.ports.resources, {
      freeMemoryMb: () => {
        throw new Error("no /proc");
      },
    });
    await world.clock.advance(30_000);
    expect(problems.map((problem) => problem.message)).toContain("polling: no /proc");
    Object.assign(world.ports.resources, { freeMemoryMb: () => null });
    world.tracker.put(issueOf("a"));
    await world.clock.advance(30_000);
    expect(world.runHost.orders.length).toBe(1);
  });

  it("R-603 a log that throws stops nothing", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    Object.assign(world.ports.logger, {
      log: () => {
        throw new Error("disk full");
      },
    });
    const orchestrator = new Orchestrator(world.config, world.ports);
    orchestrator.on("state_change", () => {
      throw new Error("listener");
    });
    await orchestrator.start();
    await settle();
    expect(world.runHost.orders.length).toBe(1);
  });

  it("a port that cannot be closed keeps no other open", async () => {
    const world = createWorld(configOf());
    Object.assign(world.tracker, { close: () => Promise.reject(new Error("stuck")) });
    const { orchestrator } = await started(world);
    await orchestrator.stop();
    expect(world.journal.closed).toBe(true);
  });

  it("R-323 a write that throws is tried again: only the tracker's own word rejects it", async () => {
    const world = createWorld(delivering);
    world.tracker.put(issueOf("a"));
    world.tracker.failures.set("transition:a:doing", new SignalboxError("tracker_payload", "gone"));
    await started(world);
    expect(world.tracker.issues.get("a")?.state).toBe("todo");
    world.tracker.failures.clear();
    await world.clock.advance(5_000);
    expect(world.tracker.issues.get("a")?.state).toBe("doing");
  });
});

describe("a set-up that lets no agent start", () => {
  const outcome = {
    kind: "failed",
    code: "setup",
    retryable: false,
    message: "the repository has no commits",
  } as const;

  it("holds every dispatch, parks nothing, and is tried again", async () => {
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    const { orchestrator, problems } = await started(world);
    await world.runHost.end("run-1", { outcome, fingerprint: null, turns: 0 });
    await settle();
    expect(world.runHost.orders.length).toBe(1);
    expect(orchestrator.state.claims.get("a")?.phase).toBe("retrying");
    expect(problems.map(({ code }) => code)).toEqual(["setup_failed"]);
    await world.clock.advance(59_000);
    expect(world.runHost.orders.length).toBe(1);
    await world.clock.advance(2_000);
    expect(world.runHost.orders.length).toBe(2);
    expect(orchestrator.state.executions.get("a")?.failures ?? 0).toBe(0);
  });

  it("ends a single pass with the reason", async () => {
    const world = createWorld(configOf());
    world.tracker.put(issueOf("a"));
    const orchestrator = new Orchestrator(world.config, world.ports);
    await orchestrator.start({ once: true });
    await settle();
    await world.runHost.end("run-1", { outcome, fingerprint: null, turns: 0 });
    await expect(orchestrator.finished()).rejects.toThrow("no commits");
    await orchestrator.stop();
  });

  it("R-802 an account that takes no work ends a single pass with the reason, and is told of once", async () => {
    const message = "Nobody is logged in.";
    const auth = { kind: "failed", code: "auth", retryable: false, message } as const;
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"), issueOf("b"));
    const { orchestrator, problems } = await started(world);
    await world.runHost.end("run-1", { outcome: auth, fingerprint: null, turns: 0 });
    await world.clock.advance(299_000);
    expect(world.runHost.orders.length).toBe(1);
    await world.clock.advance(2_000);
    expect(world.runHost.orders.length).toBe(2);
    await world.runHost.end("run-2", { outcome: auth, fingerprint: null, turns: 0 });
    await settle();
    expect(problems.map(({ code }) => code)).toEqual(["account_closed"]);
    await orchestrator.stop();
    const once = createWorld(configOf());
    once.tracker.put(issueOf("a"));
    const pass = new Orchestrator(once.config, once.ports);
    await pass.start({ once: true });
    await settle();
    await once.runHost.end("run-1", { outcome: auth, fingerprint: null, turns: 0 });
    await expect(pass.finished()).rejects.toThrow(message);
    await pass.stop();
  });

  it("a changed workflow file is tried at once", async () => {
    const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 1 } }));
    world.tracker.put(issueOf("a"));
    await started(world);
    await world.runHost.end("run-1", { outcome, fingerprint: null, turns: 0 });
    await settle();
    world.config = configOf({ source: { ...world.config.source, hash: "two" } });
    world.configListener?.();
    await settle();
    expect(world.runHost.orders.length).toBe(2);
  });
});

it("tells of an unreadable record once, also when other lines move it", async () => {
  const world = createWorld(configOf());
  let line = 4;
  let cursor = 0;
  Object.assign(world.tracker, {
    fetchChanges: async () => ({
      kind: "full",
      cursor: String((cursor += 1)),
      issues: [],
      problems: [{ where: `roadmap.md:${(line += 2)}`, message: "has no Status", remedy: null }],
    }),
  });
  const { problems } = await started(world);
  await world.clock.advance(90_000);
  expect(problems.length).toBe(1);
});
