import { SignalboxError } from "@signalbox/contracts";
import { hashState } from "@signalbox/core";
import { MemoryTracker } from "@signalbox/tracker-memory";
import { describe, expect, it } from "vitest";
import { configOf } from "../__fixtures__/config.ts";
import { settle } from "../__fixtures__/simulated-clock.ts";
import { createWorld, issueOf, type World } from "../__fixtures__/world.ts";
import { Orchestrator } from "../orchestrator.ts";
import { replay } from "../replay.ts";

type Call = "claim" | "release";

/** The memory tracker, whose next `claim` or `release` fails so often; what was tried is told. */
class UnsteadyTracker extends MemoryTracker {
  readonly tried: string[] = [];
  readonly failures: Record<Call, number> = { claim: 0, release: 0 };

  override async claim(...[issueId, order, signal]: Parameters<MemoryTracker["claim"]>) {
    this.#meet("claim", order.key);
    await super.claim(issueId, order, signal);
  }

  override async release(...[issueId, order, signal]: Parameters<MemoryTracker["release"]>) {
    this.#meet("release", order.key);
    await super.release(issueId, order, signal);
  }

  #meet(call: Call, key: string): void {
    this.tried.push(`${call} ${key}`);
    if (this.failures[call] === 0) return;
    this.failures[call] -= 1;
    throw new SignalboxError("tracker_transport", "the connection was reset", { retryable: true });
  }
}

interface Scene {
  readonly world: World;
  readonly tracker: UnsteadyTracker;
}

function sceneOf(failures: Partial<Record<Call, number>>): Scene {
  const tracker: UnsteadyTracker = new UnsteadyTracker({
    now: () => world.clock.now(),
    issues: [{ identifier: "a" }],
  });
  Object.assign(tracker.failures, failures);
  const world = createWorld(configOf());
  return { world, tracker };
}

function daemonOf({ world, tracker }: Scene): Orchestrator {
  return new Orchestrator(world.config, { ...world.ports, tracker });
}

/** Somebody moves the issue away while its run is under way. */
async function moveAway({ world, tracker }: Scene): Promise<void> {
  tracker.put({ identifier: "a", state: "backlog" });
  await world.clock.advance(60_000);
}

async function replayHash({ world }: Scene): Promise<string> {
  return hashState((await replay(world.journal)).state);
}

describe("the mark of a claim in the tracker", () => {
  it("R-424 is set although the first request failed, and taken away although that one did", async () => {
    const scene = sceneOf({ claim: 1, release: 1 });
    const orchestrator = daemonOf(scene);
    await orchestrator.start();
    await scene.world.clock.advance(100);
    expect(scene.tracker.claimOf("a")).toBeNull();
    await scene.world.clock.advance(5_000);
    expect(scene.tracker.claimOf("a")).toBe("claim-run-1");
    await moveAway(scene);
    expect(orchestrator.state.claims.size).toBe(0);
    expect(scene.tracker.claimOf("a")).toBeNull();
    expect(scene.tracker.tried).toEqual([
      "claim claim-run-1",
      "claim claim-run-1",
      "release release-a-after-1",
      "release release-a-after-1",
    ]);
    // What was not answered may have been on its way: the last word is said once more.
    await scene.world.clock.advance(310_000);
    expect(scene.tracker.tried.slice(4)).toEqual(["release release-a-after-1"]);
    expect(orchestrator.state.orders.size).toBe(0);
    expect(await replayHash(scene)).toBe(hashState(orchestrator.state));
    await orchestrator.stop();
  });

  it("R-424 that a daemon could not take away is taken away by the next one", async () => {
    const scene = sceneOf({ release: 20 });
    const first = daemonOf(scene);
    await first.start();
    await scene.world.clock.advance(5_000);
    expect(scene.tracker.claimOf("a")).toBe("claim-run-1");
    scene.tracker.put({ identifier: "a", state: "backlog" });
    await scene.world.clock.advance(31_000);
    expect(first.state.claims.size).toBe(0);
    await first.stop();
    expect(scene.tracker.claimOf("a")).toBe("claim-run-1");
    scene.tracker.failures.release = 0;
    const next = createWorld(scene.world.config, scene.world);
    const second = daemonOf({ ...scene, world: next });
    await second.start();
    await next.clock.advance(300_000);
    expect(scene.tracker.claimOf("a")).toBeNull();
    expect(second.state.orders.size).toBe(0);
    await second.stop();
  });

  it("is nothing that is ordered where the tracker has no marks", async () => {
    const scene = sceneOf({});
    const orchestrator = new Orchestrator(scene.world.config, scene.world.ports);
    await orchestrator.start();
    await settle();
    expect(orchestrator.state.policy.marksClaims).toBeUndefined();
    await orchestrator.stop();
  });

  it("is set and taken away by a tracker whose writes wait in a queue for more than a minute", async () => {
    const world = createWorld(configOf());
    const done: string[] = [];
    const late =
      (name: string) =>
      (_id: string, _order: unknown, signal: AbortSignal): Promise<void> =>
        new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          world.clock.setTimer(90_000, () => {
            if (!signal.aborted) done.push(name);
            resolve();
          });
        });
    Object.assign(world.tracker, { claim: late("claim"), release: late("release") });
    world.tracker.put(issueOf("a"));
    const orchestrator = new Orchestrator(world.config, world.ports);
    await orchestrator.start();
    await world.clock.advance(100_000);
    world.tracker.put(issueOf("a", { state: "backlog" }));
    await orchestrator.releaseIssue("a", "somebody");
    await world.clock.advance(100_000);
    expect(done.slice(0, 2)).toEqual(["claim", "release"]);
    await orchestrator.stop();
  });
});
