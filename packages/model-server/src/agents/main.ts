import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { realAgentNames, realAgents, type RealAgentName } from "./agent-catalogue.ts";
import { installAgent } from "./install-agent.ts";
import { agentsFolder, lookUpAgent } from "./look-up-agent.ts";

// `pnpm agents:real [name…]`: installs the pinned real programs, then runs the tests that drive them.
const { values, positionals } = parseArgs({
  options: { "install-only": { type: "boolean", default: false } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? realAgentNames : positionals.map(toName);
const areInstalled = await installAll(names);
const haveTestsPassed = values["install-only"] || (await runTests());
reportSkipped();
process.exitCode = areInstalled && haveTestsPassed ? 0 : 1;

function toName(text: string): RealAgentName {
  const name = realAgentNames.find((known) => known === text);
  if (name !== undefined) return name;
  console.error(`There is no agent "${text}". There are: ${realAgentNames.join(", ")}`);
  process.exit(2);
}

async function installAll(wanted: readonly RealAgentName[]): Promise<boolean> {
  let isComplete = true;
  for (const name of wanted) {
    const start = performance.now();
    try {
      const what = await installAgent(name);
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(`${name} ${realAgents[name].version}: ${what} (${seconds} s)`);
    } catch (error) {
      isComplete = false;
      const reason = error instanceof Error ? error.message : String(error);
      console.error(`${name} ${realAgents[name].version}: not installed: ${reason}`);
    }
  }
  return isComplete;
}

/** The tests of real programs are those in `*.real.test.ts`. */
async function runTests(): Promise<boolean> {
  const root = join(import.meta.dirname, "../../../..");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const tests = spawn(process.execPath, [vitest, "run", ".real.test.ts"], {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, SIGNALBOX_AGENTS_DIR: agentsFolder() },
  });
  await once(tests, "close");
  return tests.exitCode === 0;
}

function reportSkipped(): void {
  for (const agent of realAgentNames.map(lookUpAgent)) {
    if (!agent.isInstalled) console.log(`${agent.name}: skipped, it is not installed`);
  }
}
