import { SignalboxError } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { settle } from "./__fixtures__/simulated-clock.ts";
import { createWorld, issueOf, type World } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";

async function started(): Promise<{ world: World; orchestrator: Orchestrator }> {
  const world = createWorld(configOf());
  world.tracker.put(issueOf("a"));
  const orchestrator = new Orchestrator(world.config, world.ports);
  await orchestrator.start();
  await settle();
  return { world, orchestrator };
}

describe("an operator's order", () => {
  it("resolves with what it led to, and with nothing the second time", async () => {
    const { orchestrator } = await started();
    const [stop, ...others] = await orchestrator.stopIssue("a", "somebody");
    expect(stop).toMatchObject({ type: "run-stop-decided", runId: "run-1", by: "somebody" });
    expect(others).toEqual([]);
    expect(await orchestrator.stopIssue("a", "somebody")).toEqual([]);
    await settle();
    const [, answered] = await orchestrator.answer("a", "yes");
    expect(answered).toMatchObject({ type: "retry-scheduled", feedback: "yes" });
    expect(await orchestrator.retryIssue("a", "somebody")).toEqual([]);
    const released = await orchestrator.releaseIssue("a", "somebody");
    expect(released).toMatchObject([{ type: "run-stop-decided", release: true }]);
  });

  it("resolves when what it led to is durable, and not before", async () => {
    const { world, orchestrator } = await started();
    world.journal.failure = new SignalboxError("journal_full", "no space left");
    const order = orchestrator.stopIssue("a", "somebody");
    await settle();
    const other = Promise.resolve("still waiting");
    expect(await Promise.race([order, other])).toBe("still waiting");
    world.journal.failure = null;
    await world.clock.advance(1_000);
    await order;
    expect(world.journal.entries.map((entry) => entry.type)).toContain("stop-requested");
  });

  it("rejects before the start, after the end, and where the end comes first", async () => {
    const ended = { code: "orchestrator_ended" };
    const { world, orchestrator } = await started();
    const early = new Orchestrator(world.config, world.ports);
    await expect(early.stopIssue("a", "somebody")).rejects.toMatchObject(ended);
    world.journal.failure = new SignalboxError("journal_full", "no space left");
    const overtaken = orchestrator.stopIssue("a", "somebody");
    const stopped = orchestrator.stop();
    await Promise.all([
      expect(overtaken).rejects.toMatchObject(ended),
      world.clock.advance(60_000).then(() => stopped),
    ]);
    await expect(orchestrator.stopIssue("a", "somebody")).rejects.toMatchObject(ended);
  });
});
