import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, realpath, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { DemoAgent } from "./demo-agent.ts";

const template = fileURLToPath(new URL("../project", import.meta.url));
const agent = fileURLToPath(new URL("../../agents/spec-agent.mjs", import.meta.url));
const runFile = promisify(execFile);

export interface ScratchProject {
  /** A git repository with a roadmap and a workflow file. */
  readonly repository: string;
  /** Beside it, for journal, worktrees and transcripts. */
  readonly stateDir: string;
}

/**
 * Makes a git repository of `project/` in a new temporary folder. It stays there, to be looked at. Without `real`, the
 * example agent does the work.
 */
export async function createScratchProject(real: DemoAgent | null = null): Promise<ScratchProject> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-demo-")));
  const repository = join(folder, "timetable");
  await cp(template, repository, { recursive: true });
  const workflowFile = join(repository, "WORKFLOW.md");
  const workflow = await readFile(workflowFile, "utf8");
  await writeFile(workflowFile, real === null ? withExample(workflow) : withReal(workflow, real));
  await git(repository, "init", "--quiet", "--initial-branch", "main");
  await git(repository, "config", "user.name", "Signalbox demo");
  await git(repository, "config", "user.email", "demo@example.invalid");
  await git(repository, "add", "--all");
  await git(repository, "commit", "--quiet", "--message", "Begin with a roadmap");
  return { repository, stateDir: join(folder, "state") };
}

function withExample(workflow: string): string {
  return workflow.replace("AGENT_PATH", JSON.stringify(agent));
}

/** The home of its own keeps the agent from who is logged in on this machine. */
function withReal(workflow: string, { backend, options, readable }: DemoAgent): string {
  const sandbox = JSON.stringify({ home: "own", readable });
  return workflow
    .replace("  backend: command\n", `  backend: ${backend}\n`)
    .replace(/^backends:\n(?: .*\n)+/m, () => {
      return `backends:\n  ${backend}: ${JSON.stringify(options)}\nsandbox: ${sandbox}\n`;
    });
}

/** How many features the roadmap has, and which of them are not done. */
export async function readProgress(
  repository: string,
): Promise<{ readonly total: number; readonly open: readonly string[] }> {
  const roadmap = await readFile(join(repository, "docs", "roadmap.md"), "utf8");
  const features = [...roadmap.matchAll(/^### (.+)\n\n- \*\*Status:\*\* (.+)$/gm)];
  return {
    total: features.length,
    open: features.flatMap(([, title, status]) => (status === "done" ? [] : [title ?? ""])),
  };
}

async function git(cwd: string, ...args: readonly string[]): Promise<void> {
  await runFile("git", [...args], { cwd });
}
