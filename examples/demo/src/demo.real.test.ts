import { execFile, execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { lookUpAgent, startModelServer } from "@signalbox/model-server";
import { expect, it } from "vitest";
import { cli } from "./closing-words.ts";
import { demoAgent } from "./demo-agent.ts";
import { createScratchProject, readProgress, type ScratchProject } from "./scratch-project.ts";

const runFile = promisify(execFile);
const agent = lookUpAgent("claude-code");
const note = agent.isInstalled ? "" : ` (${agent.reason})`;
/** Whether bubblewrap works here. */
function canBeLocked(): boolean {
  const bwrap = ["--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "true"];
  return spawnSync("bwrap", bwrap).status === 0;
}

const locked = "sandbox: { tier: bwrap, home: own, network: model }";

function signalbox({ repository, stateDir }: ScratchProject, ...words: readonly string[]) {
  const node = ["--conditions=@signalbox/source", cli, ...words, "--state-dir", stateDir];
  return runFile(process.execPath, node, { cwd: repository });
}

/** Leaves the roadmap its first feature, and the agent no network but its model. */
function narrow({ repository }: ScratchProject): void {
  const roadmap = join(repository, "docs", "roadmap.md");
  writeFileSync(roadmap, readFileSync(roadmap, "utf8").split("### Format a time")[0] ?? "");
  const workflow = join(repository, "WORKFLOW.md");
  const text = readFileSync(workflow, "utf8");
  writeFileSync(workflow, text.replace(/^sandbox: .*$/m, locked));
  execFileSync("git", ["commit", "--quiet", "--all", "--message", "Narrow"], { cwd: repository });
}

it.skipIf(!agent.isInstalled || !canBeLocked())(
  `R-501 the real claude delivers a feature from a sandbox that lets nothing through but its model${note}`,
  async () => {
    const server = await startModelServer();
    const project = await createScratchProject(
      demoAgent("claude-code", server.scenarioUrl("spec")),
    );
    try {
      narrow(project);
      const { stdout } = await signalbox(project, "run", "--once");
      expect(stdout).toMatch(/^parse-a-time +delivered +1 /m);
      expect(await readProgress(project.repository)).toEqual({ total: 1, open: [] });
      expect(readFileSync(join(project.repository, "src", "parse-time.mjs"), "utf8")).toContain(
        "export function parseTime",
      );
      const transcript = join(project.stateDir, "runs", "run-1", "transcript.jsonl");
      expect(readFileSync(transcript, "utf8")).toContain("in the sandbox bwrap, network model");
    } finally {
      await server.close();
      rmSync(dirname(project.repository), { recursive: true, maxRetries: 3 });
    }
  },
  60_000,
);
