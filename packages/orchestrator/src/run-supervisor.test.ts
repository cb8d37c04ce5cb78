import { expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { settle } from "./__fixtures__/simulated-clock.ts";
import { createWorld, issueOf } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";

it("a run that talks all the time is told of every 5 s, however often the tracker is looked at", async () => {
  const world = createWorld(configOf({ polling: { intervalMs: 1_000 } }));
  world.tracker.put(issueOf("a"));
  const orchestrator = new Orchestrator(world.config, world.ports);
  await orchestrator.start();
  await settle();
  const from = world.clock.now();
  for (let second = 0; second < 20; second += 1) {
    await world.runHost.live.get("run-1")?.onEvent({
      type: "agent-event",
      spoolSeq: 10 + second,
      at: world.clock.now(),
      event: { type: "message", role: "agent", text: "on my way" },
    });
    await world.clock.advance(1_000);
    await settle();
  }
  const told = world.journal.entries.filter(({ type }) => type === "run-progressed");
  expect(told.map(({ at }) => at - from)).toEqual([5_000, 10_000, 15_000, 20_000]);
});

it("R-421 what was heard of a run counts before it is judged by its silence", async () => {
  const { agent } = configOf();
  const impatient = { ...agent, stallTimeoutMs: 1_500 };
  const config = configOf({ polling: { intervalMs: 500 }, agent: impatient });
  const world = createWorld(config);
  world.tracker.put(issueOf("a"));
  const orchestrator = new Orchestrator(world.config, world.ports);
  await orchestrator.start();
  for (let second = 0; second < 10; second += 1) {
    await world.runHost.live.get("run-1")?.onEvent({
      type: "agent-event",
      spoolSeq: 10 + second,
      at: world.clock.now(),
      event: { type: "message", role: "agent", text: "on my way" },
    });
    await world.clock.advance(1_000);
    await settle();
  }
  expect(world.runHost.stops).toEqual([]);
  await world.clock.advance(5_000);
  await settle();
  expect(world.runHost.stops[0]).toEqual({ runId: "run-1", reason: "stalled" });
});
