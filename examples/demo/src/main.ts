import { spawn } from "node:child_process";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { startModelServer } from "@signalbox/model-server";
import { cli, failure, success } from "./closing-words.ts";
import { type AgentName, agentNames, demoAgent } from "./demo-agent.ts";
import { createScratchProject, readProgress, type ScratchProject } from "./scratch-project.ts";

const { values } = parseArgs({ options: { agent: { type: "string" } } });
const name = agentNames.find((known) => known === values.agent) ?? null;
if (values.agent !== undefined && name === null) {
  console.error(`There is no agent "${values.agent}". There are: ${agentNames.join(", ")}`);
  process.exitCode = 2;
} else if (name === null) {
  introduce("");
  process.exitCode = await demo(await createScratchProject());
} else {
  process.exitCode = await realDemo(name);
}

/** What there is to be seen, and in a last line who does it. */
function introduce(who: string): void {
  console.log(`
Signalbox works through the roadmap of a scratch project: eight features, three agents at once, each in its own git
worktree. Features wait for the merged result of those that they build on; one fails at first and is tried again.
${who}`);
}

/** The same with a real agent, whose model is played on this machine. */
async function realDemo(wanted: AgentName): Promise<number> {
  const server = await startModelServer();
  try {
    const agent = demoAgent(wanted, server.scenarioUrl("spec"));
    introduce(
      `The agent is ${wanted}; a local server plays its model. No account and no key are used.\n`,
    );
    return await demo(await createScratchProject(agent));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await server.close();
  }
}

async function demo(project: ScratchProject): Promise<number> {
  const exitCode = await runSignalbox(project);
  const { total, open } = await readProgress(project.repository);
  const isDone = exitCode === 0 && open.length === 0;
  console.log(isDone ? success(project, total) : failure(project, open));
  return isDone ? 0 : exitCode || 1;
}

async function runSignalbox({ repository, stateDir }: ScratchProject): Promise<number> {
  const child = spawn(
    process.execPath,
    ["--conditions=@signalbox/source", cli, "run", "--once", "--state-dir", stateDir],
    { cwd: repository, stdio: "inherit", env: withoutLogins(process.env) },
  );
  // The terminal sends Ctrl-C to both; this process waits for what the daemon makes of it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code]: unknown[] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}

/** No key or gateway of the user has a part in this. */
function withoutLogins(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isLogin = /^(?:ANTHROPIC|CLAUDE|CODEX|OPENAI|GEMINI|GOOGLE)_/;
  return Object.fromEntries(Object.entries(environment).filter(([key]) => !isLogin.test(key)));
}
