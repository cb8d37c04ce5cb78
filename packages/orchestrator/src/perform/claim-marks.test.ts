import { describe, expect, it } from "vitest";
import { configOf } from "../__fixtures__/config.ts";
import { createWorld, issueOf } from "../__fixtures__/world.ts";
import { Orchestrator } from "../orchestrator.ts";

describe("claims in the tracker", () => {
  it("are made and withdrawn by a tracker whose writes wait in a queue for more than a minute", async () => {
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
    await orchestrator.releaseIssue("a", "somebody");
    await world.clock.advance(100_000);
    expect(done.slice(0, 2)).toEqual(["claim", "release"]);
    await orchestrator.stop();
  });
});
