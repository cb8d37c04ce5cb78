import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadWorkflowConfig, Orchestrator } from "signalbox";
import { percentile } from "./statistics.ts";

const issueCount = 1_000;
const slots = 50;

/** 1,000 runs of a mock agent that needs no time, through everything else: tracker, journal, workspaces, runner. */
export async function benchOrchestrator(): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  try {
    const config = loadWorkflowConfig(workflowFile(root), { stateDir: join(root, "state") });
    const orchestrator = new Orchestrator(config);
    const started = new Map<string, number>();
    const lasted: number[] = [];
    orchestrator.on("state_change", ({ decided }) => {
      for (const fact of decided) {
        if (fact.type === "run-claimed") started.set(fact.runId, performance.now());
        if (fact.type === "run-closed") {
          lasted.push(performance.now() - (started.get(fact.runId) ?? Number.NaN));
        }
      }
    });
    const cpuBefore = process.cpuUsage();
    const startedAt = performance.now();
    await orchestrator.start({ once: true });
    await orchestrator.finished();
    const wallMs = performance.now() - startedAt;
    const cpu = process.cpuUsage(cpuBefore);
    await orchestrator.stop();
    console.log(`\n${issueCount} mock runs through the whole orchestrator, ${slots} at once`);
    console.log(`  runs                                     ${lasted.length}`);
    console.log(
      `  runs per second                          ${((lasted.length / wallMs) * 1000).toFixed(0)}`,
    );
    console.log(
      `  daemon CPU per run                       ${((cpu.user + cpu.system) / 1000 / lasted.length).toFixed(2)} ms`,
    );
    console.log(
      `  claim to close, ${slots} at once              p50 ${percentile(lasted, 0.5).toFixed(1)} ms, p95 ${percentile(lasted, 0.95).toFixed(1)} ms`,
    );
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

function workflowFile(root: string): string {
  const issues = Array.from({ length: issueCount }, (_, index) => ({
    id: `issue-${index}`,
    identifier: `BENCH-${index}`,
    title: `Issue number ${index}`,
    state: "todo",
  }));
  const front = {
    tracker: {
      kind: "memory",
      provider: { issues },
      active_states: ["todo"],
      terminal_states: ["done"],
      states: { succeeded: "done" },
    },
    workspace: { kind: "folder", root: join(root, "workspaces") },
    agent: { backend: "mock", max_concurrent_agents: slots },
    backends: { mock: { script: [{ kind: "succeed", files: { "done.txt": "done\n" } }] } },
    delivery: { kind: "none" },
    runner: "inline",
    memory_reserve_mb: 0,
  };
  const path = join(root, "WORKFLOW.md");
  writeFileSync(path, `---\n${JSON.stringify(front)}\n---\nDo {{ issue.identifier }}.\n`);
  return path;
}
