import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manyFaults, noFaults, simulate, type FaultPlan } from "@signalbox/simulator";
import type { WorkflowConfig } from "@signalbox/contracts";
import { loadWorkflowConfig } from "signalbox";

const lives = 2_000;

/** Issue lives a second, from being written to being delivered, on one core; CPU time of this process. */
export async function benchSimulator(): Promise<void> {
  console.log(`\nsimulator: ${lives} issues in 4 virtual hours, 100 slots, turns of 4 min`);
  const config = readConfig();
  await measure("warm-up", config, noFaults);
  await measure("no faults", config, noFaults);
  await measure("many faults", config, manyFaults);
}

function readConfig(): WorkflowConfig {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  try {
    const front = {
      tracker: { kind: "roadmap", states: { running: "doing", succeeded: "done" } },
      agent: { backend: "mock", max_concurrent_agents: 100 },
    };
    writeFileSync(join(folder, "WORKFLOW.md"), `---\n${JSON.stringify(front)}\n---\nDo it.\n`);
    return loadWorkflowConfig(join(folder, "WORKFLOW.md"), { stateDir: join(folder, "state") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(name: string, config: WorkflowConfig, faults: FaultPlan): Promise<void> {
  const before = process.cpuUsage();
  const report = await simulate({
    seed: 7,
    issues: lives,
    hours: 4,
    config,
    trackerDefaults: { activeStates: ["todo", "doing"], terminalStates: ["done"], states: {} },
    agents: { turnMinutes: 4, turns: 1 },
    faults,
  });
  const { user, system } = process.cpuUsage(before);
  const seconds = (user + system) / 1e6;
  const verdict = report.violations.length === 0 ? "" : `, broken: ${report.violations[0]?.rule}`;
  console.log(
    `  ${name.padEnd(12)} ${(lives / seconds).toFixed(0).padStart(6)} lives/s, ${(report.steps / seconds).toFixed(0).padStart(7)} steps/s, ${report.runs} runs${verdict}`,
  );
}
