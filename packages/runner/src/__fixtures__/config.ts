import type { WorkflowConfig } from "@signalbox/contracts";

/** A configuration with every default, to be overridden where a test cares. */
export function configOf(more: Partial<WorkflowConfig> = {}): WorkflowConfig {
  const unlimited = { tokens: null, usd: null };
  return {
    source: { path: "/workflow/WORKFLOW.md", folder: "/workflow", hash: "one" },
    stateDir: "/state",
    prompt: { template: "Do {{ issue.title }}.", path: "/workflow/WORKFLOW.md", line: 1 },
    tracker: {
      kind: "memory",
      provider: {},
      activeStates: null,
      terminalStates: null,
      requiredLabels: [],
      writes: "full",
      states: null,
    },
    polling: { intervalMs: 30_000 },
    workspace: { kind: "git", root: "/state/workspaces", repository: "/repository", base: null },
    hooks: {
      afterCreate: null,
      beforeRun: null,
      afterRun: null,
      beforeRemove: null,
      timeoutMs: 60_000,
    },
    agent: {
      backend: "scripted",
      maxConcurrentAgents: 10,
      maxConcurrentAgentsByState: {},
      maxTurns: 20,
      maxFailures: 5,
      maxContinuations: 20,
      maxNoProgress: 3,
      maxRetryBackoffMs: 300_000,
      turnTimeoutMs: 3_600_000,
      startupTimeoutMs: 60_000,
      stallTimeoutMs: 300_000,
      runTimeoutMs: 0,
      graceMs: 5_000,
    },
    backends: {},
    delivery: { kind: "none", into: null, check: null, checkTimeoutMs: 600_000 },
    sandbox: { tier: "none", network: "on", home: "user" },
    budgets: { perRun: unlimited, perIssue: unlimited, perDay: unlimited },
    runner: "inline",
    onTerminate: "leave",
    journal: { kind: "sqlite", path: null },
    retention: { journalDays: 90, transcriptDays: 30, spoolDays: 7 },
    memoryReserveMb: 512,
    server: { port: null },
    unknownKeys: [],
    raw: {},
    ...more,
  };
}
