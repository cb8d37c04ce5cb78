import { spawn } from "node:child_process";
import { once } from "node:events";
import { cli, failure, success } from "./closing-words.ts";
import { createScratchProject, readProgress, type ScratchProject } from "./scratch-project.ts";

console.log(`
Signalbox works through the roadmap of a scratch project: eight features, three agents at once, each in its own git
worktree. Features wait for the merged result of those that they build on; one fails at first and is tried again.
`);
process.exitCode = await demo(await createScratchProject());

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
    { cwd: repository, stdio: "inherit" },
  );
  // The terminal sends Ctrl-C to both; this process waits for what the daemon makes of it.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  const [code]: unknown[] = await once(child, "exit");
  return typeof code === "number" ? code : 1;
}
