import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { agentNames, demoAgent } from "./demo-agent.ts";
import { createScratchProject } from "./scratch-project.ts";

const demo = join(import.meta.dirname, "main.ts");
const nowhere = { ...process.env, SIGNALBOX_AGENTS_DIR: "/nonexistent" };

function runDemo(...words: readonly string[]): { status: number | null; text: string } {
  const node = ["--conditions=@signalbox/source", demo, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, {
    env: nowhere,
    encoding: "utf8",
  });
  return { status, text: `${stdout}${stderr}` };
}

describe("the demo with a real agent", () => {
  it("writes it into the workflow file, which differs in nothing else", async () => {
    const agent = demoAgent("claude", "http://127.0.0.1:1/s/spec");
    const [plain, real] = await Promise.all([createScratchProject(), createScratchProject(agent)]);
    try {
      const [before = [], after = []] = [plain, real].map(({ repository }) =>
        readFileSync(join(repository, "WORKFLOW.md"), "utf8").split("\n"),
      );
      expect(after.filter((line) => !before.includes(line))).toEqual([
        "  backend: claude",
        '  claude: {"api_key":"local-key","base_url":"http://127.0.0.1:1/s/spec","permissions":"full"}',
        'sandbox: {"home":"own","readable":[]}',
      ]);
      expect(execFileSync("git", ["status", "--short"], { cwd: real.repository }).length).toBe(0);
    } finally {
      for (const { repository } of [plain, real]) rmSync(dirname(repository), { recursive: true });
    }
  });

  it("R-517 says how to install a program that is not there, and starts nothing", () => {
    const { status, text } = runDemo("--agent", "claude-code");
    expect(status).toBe(1);
    expect(text).toMatch(
      /^claude-code \S+ is not installed. Install it with npx -y pnpm@\S+ agents:real claude-code --install-only\n$/,
    );
  });

  it("knows just the agents that it names", () => {
    const { status, text } = runDemo("--agent", "claud");
    expect(status).toBe(2);
    expect(text).toContain(`There are: ${agentNames.join(", ")}`);
  });
});
