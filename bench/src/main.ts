const benches: Readonly<Record<string, () => Promise<void> | void>> = {
  core: async () => (await import("./core.ts")).benchCore(),
  orchestrator: async () => (await import("./orchestrator.ts")).benchOrchestrator(),
  journal: async () => (await import("./journal.ts")).benchJournal(),
  simulator: async () => (await import("./simulator.ts")).benchSimulator(),
  roadmap: async () => (await import("./roadmap.ts")).benchRoadmap(),
  trackers: async () => (await import("./trackers.ts")).benchTrackers(),
  start: async () => (await import("./cold-start.ts")).benchColdStart(),
  agents: async () => (await import("./agents.ts")).benchAgents(),
  daemon: async () => (await import("./daemon.ts")).benchDaemon(),
  recovery: async () => (await import("./recovery.ts")).benchRecovery(),
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in benches));
if (unknown.length > 0) {
  console.error(
    `There is no bench ${unknown.join(", ")}. There are: ${Object.keys(benches).join(", ")}`,
  );
  process.exitCode = 2;
} else {
  for (const name of asked.length > 0 ? asked : Object.keys(benches)) await benches[name]?.();
}
