import { describe, expect, it } from "vitest";
import { configOf } from "./__fixtures__/config.ts";
import { scenarioOf } from "./__fixtures__/scenario.ts";
import { failureText, noFaults, shrink, simulate, type SimulationOptions } from "./index.ts";
import { Simulation } from "./simulation.ts";
import { sabotages } from "./__fixtures__/sabotages.ts";

const calm: SimulationOptions = {
  seed: 1,
  issues: 40,
  hours: 4,
  config: configOf({
    tracker: { ...configOf().tracker, states: { running: "doing", succeeded: "done" } },
    agent: { ...configOf().agent, maxConcurrentAgents: 4 },
  }),
  trackerDefaults: { activeStates: ["todo", "doing"], terminalStates: ["done"], states: {} },
  agents: { turnMinutes: 10, turns: 1, failures: 0 },
};

describe("a seed", () => {
  it(
    "gives the same run, step by step, and another one gives another",
    { timeout: 120_000 },
    async () => {
      const [first, again, other] = [
        await simulate(scenarioOf(5)),
        await simulate(scenarioOf(5)),
        await simulate({ ...scenarioOf(5), seed: "other" }),
      ];
      expect(again).toEqual(first);
      expect(other.traceHash).not.toBe(first.traceHash);
      expect(first.steps).toBeGreaterThan(1_000);
    },
  );
});

describe("a forecast", () => {
  it("finishes all issues, and none twice, where nothing goes wrong", async () => {
    const report = await simulate(calm);
    expect(report.violations).toEqual([]);
    expect(report.faults).toEqual({});
    expect(report.issues).toBe(40);
    expect(report.outcomes).toEqual({ succeeded: 40 });
    expect(report.runs).toBe(40);
  });

  it("says what more slots would change", async () => {
    const agent = { ...calm.config.agent, maxConcurrentAgents: 1 };
    const narrow = await simulate({ ...calm, config: { ...calm.config, agent } });
    const wide = await simulate(calm);
    expect(narrow.slotUse).toBeGreaterThan(0.9);
    expect(wide.slotUse).toBeLessThan(narrow.slotUse);
    expect(wide.finished).toBeGreaterThan(narrow.finished);
    expect(wide.waitingMs?.p50).toBeLessThan(narrow.waitingMs?.p50 ?? 0);
  });

  it("knows of a backlog: everything is there at the beginning", async () => {
    const report = await simulate({ ...calm, arrival: "backlog" });
    expect(report.finished).toBe(40);
    expect(report.waitingMs?.max).toBeGreaterThan(3_600_000);
  });
});

describe("the faults", () => {
  it("all happen", { timeout: 120_000 }, async () => {
    const kinds = new Set<string>();
    for (let seed = 1; seed <= 12; seed += 1) {
      const { faults } = await simulate(scenarioOf(seed));
      for (const kind of Object.keys(faults)) kinds.add(kind);
    }
    const wanted = [
      "agent hangs",
      "agent outlives its runner",
      "clock jumped",
      "daemon killed",
      "daemon stopped, another one took over",
      "delivery reply lost in a crash",
      "disk full",
      "journal write failed after it was durable",
      "runner killed with the daemon",
      "tracker limited",
      "tracker page missing",
      "tracker reply late",
      "tracker reply lost",
      "tracker request late",
      "tracker request repeated",
      "workflow file broken",
    ];
    expect(wanted.filter((kind) => !kinds.has(kind))).toEqual([]);
  });
});

describe("a broken promise", () => {
  const dropped = sabotages.find(({ name }) => name.includes("is dropped"))?.alter;

  it("ends the run, and is told with the step, the command and the last steps", async () => {
    const simulation = new Simulation(calm, dropped);
    await simulation.run();
    const { violations } = simulation.world.auditor;
    const report = { ...(await simulate(calm)), violations };
    const text = failureText(report, "do it again");
    expect(text).toContain(`seed 1 breaks "${violations[0]?.rule}" at step ${violations[0]?.step}`);
    expect(text).toContain("again: do it again");
    expect(text.split("\n").length).toBeGreaterThan(10);
    expect(failureText(await simulate(calm), "")).toBe("seed 1: every promise was kept");
  });

  it("is a world that costs more than it may: it ends there and names what is left", async () => {
    const { violations, steps } = await simulate({ ...calm, mostSteps: 1_000 });
    expect(violations).toMatchObject([{ rule: "unbounded" }]);
    expect(violations[0]?.detail).toMatch(
      /^after \d+ steps and \d+ journal entries .* not finished/,
    );
    expect(steps).toBeGreaterThan(500);
    expect(steps).toBeLessThanOrEqual(1_000);
  });

  it("is looked for in smaller worlds; without one the world stays as it is", async () => {
    expect(await shrink(calm)).toBe(calm);
    // Nobody has that much patience: with no slot at all, work waits for ever.
    const agent = { ...calm.config.agent, maxConcurrentAgents: 0 };
    const stuck = { ...calm, faults: noFaults, config: { ...calm.config, agent } };
    const smaller = await shrink(stuck, 12);
    expect(smaller.issues).toBe(1);
    expect((await simulate(smaller)).violations[0]?.rule).toBe("liveness");
  });
});
