import { describe, expect, it } from "vitest";
import { sabotages } from "./__fixtures__/sabotages.ts";
import { scenarioOf } from "./__fixtures__/scenario.ts";
import { Simulation } from "./simulation.ts";
import type { Violation } from "./violation.ts";

const mostSeeds = 25;

/** The proof that the simulator bites: bugs that it has to find, each in a handful of seeds. */
describe("a planted bug is found", () => {
  it.each(sabotages)("$name", { timeout: 120_000 }, async ({ alter, rules }) => {
    let found: Violation | undefined;
    for (let seed = 1; seed <= mostSeeds && found === undefined; seed += 1) {
      const simulation = new Simulation(scenarioOf(seed), alter);
      await simulation.run();
      found = simulation.world.auditor.violations[0];
    }
    expect(rules).toContain(found?.rule);
  });
});
