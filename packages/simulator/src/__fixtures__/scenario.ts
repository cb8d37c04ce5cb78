import type { WorkflowConfig } from "@signalbox/contracts";
import { manyFaults, type FaultName, type FaultPlan } from "../fault-plan.ts";
import { Random } from "../random.ts";
import type { SimulationOptions } from "../simulation-options.ts";
import { configOf } from "./config.ts";

/** A world to live through: workflow file, faults and people follow from the seed. */
export function scenarioOf(seed: number | string): SimulationOptions {
  const random = new Random(`scenario ${seed}`);
  return {
    seed,
    issues: random.between(3, 25),
    hours: random.between(2, 12),
    config: configFrom(random),
    trackerDefaults: {
      activeStates: ["todo", "doing"],
      terminalStates: ["done", "canceled"],
      states: {},
    },
    faults: faultsFrom(random),
    agents: {
      turnMinutes: random.between(1, 20),
      turns: random.between(1, 4),
      failures: random.fraction() * 0.3,
    },
    arrival: random.chance(0.5) ? "spread" : "backlog",
    mostSteps: 600_000,
  };
}

/** Some worlds are calm in some respects: a fault that is always there hides what others do. */
function faultsFrom(random: Random): FaultPlan {
  const names = Object.keys(manyFaults) as FaultName[];
  const rates = names.map((name) => [
    name,
    random.chance(0.3) ? 0 : manyFaults[name] * 2 * random.fraction(),
  ]);
  return Object.fromEntries(rates) as FaultPlan;
}

function configFrom(random: Random): WorkflowConfig {
  const plain = configOf();
  const needsHuman = random.chance(0.5) ? { needsHuman: "needs-human" } : {};
  const states = random.chance(0.8)
    ? { running: "doing", succeeded: "done", ...needsHuman }
    : {};
  const tokens = (chance: number, limit: number) => ({
    tokens: random.chance(chance) ? limit : null,
    usd: null,
  });
  return configOf({
    tracker: {
      ...plain.tracker,
      requiredLabels: random.chance(0.3) ? ["agent"] : [],
      writes: random.pick(["full", "full", "full", "comment", "off"]),
      states,
    },
    polling: { intervalMs: random.between(10, 90) * 1_000 },
    agent: {
      ...plain.agent,
      maxConcurrentAgents: random.between(1, 6),
      maxConcurrentAgentsByState: random.chance(0.3) ? { todo: random.between(1, 3) } : {},
      maxTurns: random.between(1, 5),
      maxFailures: random.between(0, 5),
      maxNoProgress: random.between(1, 4),
      stallTimeoutMs: random.between(1, 5) * 60_000,
      turnTimeoutMs: 1_800_000,
    },
    budgets: {
      perRun: tokens(0.3, 90_000),
      perIssue: tokens(0.3, 250_000),
      perDay: tokens(0.1, 600_000),
    },
  });
}
