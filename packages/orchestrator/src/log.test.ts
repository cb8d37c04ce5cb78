import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { createWorld, issueOf } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";

const refuse = (): Promise<never> => Promise.reject(new Error("forbidden"));

describe("the log", () => {
  it("R-602 names the issue and the run of whatever fails about one", async () => {
    const world = createWorld(configOf());
    Object.assign(world.tracker, { claim: refuse, release: refuse });
    world.tracker.put(issueOf("a"));
    const orchestrator = new Orchestrator(world.config, world.ports);
    await orchestrator.start();
    await world.clock.advance(200);
    world.tracker.put(issueOf("a", { state: "backlog" }));
    await orchestrator.releaseIssue("a", "somebody");
    await world.clock.advance(6_000);
    const about = { issue_id: "a", issue_identifier: "A" };
    expect(world.log).toContainEqual({
      level: "warn",
      message: "claiming in the tracker failed: Error: forbidden",
      fields: { ...about, run_id: "run-1" },
    });
    expect(world.log).toContainEqual({
      level: "warn",
      message: "releasing in the tracker failed: Error: forbidden",
      fields: expect.objectContaining(about),
    });
    await orchestrator.stop();
  });
});
