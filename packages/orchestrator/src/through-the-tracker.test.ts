import { SignalboxError, type ActivityOrder, type RunOutcome } from "@signalbox/contracts";
import { MemoryTracker } from "@signalbox/tracker-memory";
import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { createWorld, fingerprintOf, type World } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";

const question: RunOutcome = { kind: "needs-input", question: "Which of them?" };

/** What is written to the tracker lets runs go first. */
const writtenMs = 6_000;

interface Given {
  readonly world: World;
  readonly tracker: MemoryTracker;
  readonly orchestrator: Orchestrator;
}

/** An agent at work on issue `a`, with a tracker that has everything. */
async function atWork(before?: Given): Promise<Given> {
  const base = configOf();
  const states = { running: "doing", succeeded: "done", needsHuman: "needs-human" };
  const world = createWorld({ ...base, tracker: { ...base.tracker, states } }, before?.world);
  const tracker =
    before?.tracker ??
    new MemoryTracker({ now: () => world.clock.now(), issues: [{ identifier: "a" }] });
  Object.assign(world.ports, { tracker });
  const orchestrator = new Orchestrator(world.config, world.ports);
  await orchestrator.start();
  await world.clock.advance(writtenMs);
  return { world, tracker, orchestrator };
}

function kinds({ tracker }: Given): readonly ActivityOrder["kind"][] {
  return tracker.activities("a").map(({ kind }) => kind);
}

async function ends({ clock, runHost }: World, runId: string, outcome: RunOutcome): Promise<void> {
  await runHost.end(runId, { outcome, fingerprint: fingerprintOf(runId, 1), turns: 1 });
  await clock.advance(writtenMs);
}

describe("an answer", () => {
  it("R-433 that a person writes in the tracker is the feedback of the continuation", async () => {
    const { tracker, world } = await atWork();
    await ends(world, "run-1", question);
    expect(tracker.comments("a").at(-1)?.body).toContain("> Which of them?");
    await world.clock.advance(30_000);
    expect(world.runHost.orders).toHaveLength(1);
    await world.clock.advance(1_000);
    tracker.addComment("a", "somebody", "The left one.");
    await world.clock.advance(60_000);
    expect(world.runHost.orders[1]).toMatchObject({
      retryKind: "resumed",
      feedback: "The left one.",
    });
  });

  it("R-438 is none of what we write: a parked issue stays parked over our own writes", async () => {
    const { orchestrator, tracker, world } = await atWork();
    await ends(world, "run-1", question);
    await world.clock.advance(1_200_000);
    expect((await tracker.fetchIssuesByIds(["a"], new AbortController().signal))[0]?.state).toBe(
      "needs-human",
    );
    expect(tracker.writes.some(({ kind }) => kind === "comment")).toBe(true);
    expect(orchestrator.state.claims.get("a")?.phase).toBe("parked");
    expect(world.runHost.orders).toHaveLength(1);
  });
});

describe("an agent's life in the tracker", () => {
  it("begins, asks, goes on and finishes, each told once", async () => {
    const given = await atWork();
    const { tracker, world } = given;
    expect(kinds(given)).toEqual(["started"]);
    await ends(world, "run-1", question);
    expect(kinds(given)).toEqual(["started", "question"]);
    expect(tracker.activities("a")[1]?.body).toContain("Which of them?");
    await world.clock.advance(1_000);
    tracker.addComment("a", "somebody", "The left one.");
    await world.clock.advance(60_000);
    await ends(world, "run-2", { kind: "succeeded" });
    await world.clock.advance(120_000);
    expect(kinds(given).filter((kind) => kind !== "working")).toEqual([
      "started",
      "question",
      "started",
      "finished",
    ]);
  });

  it("tells of its steps at most once a minute", async () => {
    const given = await atWork();
    const [observer] = given.world.runHost.live.values();
    for (let turn = 1; turn <= 6; turn += 1) {
      const fingerprint = fingerprintOf(`turn-${turn}`, 0);
      void observer?.onTurnEnded({ turn, outcome: { kind: "succeeded" }, fingerprint });
      await given.world.clock.advance(20_000);
    }
    const steps = kinds(given).filter((kind) => kind === "working").length;
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThanOrEqual(2);
  });

  it("says that it was stopped", async () => {
    const given = await atWork();
    await given.orchestrator.stopIssue("a", "somebody");
    await given.world.clock.advance(writtenMs);
    expect(kinds(given).at(-1)).toBe("stopped");
  });

  it("is told again where the tracker did not take it, and the comment stays one", async () => {
    const given = await atWork();
    const { tracker, world } = given;
    const failing = new SignalboxError("tracker_transport", "no route", { retryable: true });
    Object.assign(tracker, {
      reportActivity: async () => {
        Reflect.deleteProperty(tracker, "reportActivity");
        throw failing;
      },
    });
    await ends(world, "run-1", question);
    await world.clock.advance(60_000);
    expect(kinds(given)).toEqual(["started", "question"]);
    expect(tracker.comments("a")).toHaveLength(2);
  });
});

describe("a stop that a person orders in the tracker", () => {
  const stop = { kind: "stop", issueId: "a", key: "s1", at: "2030-01-01T00:00:00Z" } as const;

  it("stops the run and parks the issue, once, also after a restart", async () => {
    const given = await atWork();
    const { orchestrator, tracker, world } = given;
    tracker.signal(stop);
    await world.clock.advance(30_000);
    expect(world.runHost.stops).toEqual([{ runId: "run-1", reason: "operator" }]);
    expect(orchestrator.state.claims.get("a")).toMatchObject({
      phase: "parked",
      reason: { kind: "operator", by: "somebody in the tracker" },
    });
    await orchestrator.retryIssue("a", "somebody");
    await world.clock.advance(60_000);
    expect(world.runHost.live.size).toBe(1);
    await orchestrator.stop({ leave: true });

    const next = await atWork(given);
    await next.world.clock.advance(90_000);
    expect(next.world.runHost.stops).toEqual([]);
    expect(next.orchestrator.state.executions.get("a")?.heededSignals).toEqual(["s1"]);
    expect(next.orchestrator.state.claims.get("a")?.phase).not.toBe("parked");
  });
});
