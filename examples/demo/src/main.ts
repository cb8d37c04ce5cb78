import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { createScratchProject, readProgress, type ScratchProject } from "./scratch-project.ts";

const cli = fileURLToPath(new URL("src/main.ts", import.meta.resolve("signalbox/package.json")));

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

function success(project: ScratchProject, total: number): string {
  return `
All ${total} features are done. The repository is ${project.repository}

Look at what happened:
  cd ${project.repository}
  git log --graph --oneline       one merge per feature
  git diff docs/roadmap.md        planned → in-progress → done
  node --test                     everything together

Ask Signalbox, from this folder:
  ${signalbox(project, "explain announce")}
  ${signalbox(project, "run --dry-run")}

Use it in a repository of your own:
  signalbox init
`;
}

function failure(project: ScratchProject, open: readonly string[]): string {
  return `
The demo did not end well. Not done: ${open.length === 0 ? "nothing" : open.join(", ")}.

Look at:
  ${project.repository}/docs/roadmap.md
  ${project.stateDir}/runs         one folder per run, with the transcript of its agent
  ${signalbox(project, "run --dry-run")}
`;
}

function signalbox({ repository, stateDir }: ScratchProject, verb: string): string {
  return `npx -y pnpm@12.21.0 signalbox ${verb} ${repository}/WORKFLOW.md --state-dir ${stateDir}`;
}
