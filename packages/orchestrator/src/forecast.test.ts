import type { WorkspaceOrder } from "@signalbox/contracts";
import { expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { createWorld, fingerprintOf, issueOf } from "./__fixtures__/world.ts";
import { Orchestrator } from "./orchestrator.ts";

it("names the issues that come next while every slot is taken, and takes it back at the end", async () => {
  const world = createWorld(configOf({ agent: { ...configOf().agent, maxConcurrentAgents: 2 } }));
  const told: string[][] = [];
  Object.assign(world.ports.workspaces, {
    expect: async (orders: readonly WorkspaceOrder[]) => {
      told.push(orders.map((order) => order.issueId));
    },
  });
  world.tracker.put(...["a", "b", "c", "d", "e"].map((id) => issueOf(id)));
  const orchestrator = new Orchestrator(world.config, world.ports);
  await orchestrator.start();
  await world.clock.advance(200);
  expect(told.at(-1)).toEqual(["c", "d"]);
  const prepared = told.flat();
  expect(prepared).toEqual(expect.arrayContaining(["a", "b"]));
  told.length = 0;
  await world.runHost.end("run-1", {
    outcome: { kind: "needs-input", question: "?" },
    fingerprint: fingerprintOf("new", 1),
    turns: 1,
  });
  await world.clock.advance(200);
  expect(world.runHost.orders.map((order) => order.issue.id)).toEqual(["a", "b", "c"]);
  expect(told.at(-1)).toEqual(["d", "e"]);
  expect(told.every((issues) => issues.includes("d"))).toBe(true);
  expect(told.findIndex((issues) => !issues.includes("c"))).toBe(told.length - 1);
  await orchestrator.stop();
  expect(told.at(-1)).toEqual([]);
});
