import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { createScratchProject, readProgress } from "./scratch-project.ts";

const agent = fileURLToPath(new URL("../../agents/spec-agent.mjs", import.meta.url));
const made: string[] = [];

afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function scratchRepository(): Promise<string> {
  const { repository } = await createScratchProject();
  made.push(dirname(repository));
  return repository;
}

function runAgent(cwd: string, prompt: string): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [agent], { cwd, input: prompt, encoding: "utf8" });
}

/** What the demo's prompt template makes of a feature. */
function promptFor(repository: string, title: string, attempt: number): string {
  const roadmap = readFileSync(join(repository, "docs/roadmap.md"), "utf8");
  const section = roadmap.split(/^### /m).find((part) => part.startsWith(title)) ?? "";
  return `# ${section}\nAttempt: ${attempt}\n`;
}

function commits(repository: string): string[] {
  const log = execFileSync("git", ["log", "--format=%s"], { cwd: repository, encoding: "utf8" });
  return log.trim().split("\n");
}

describe("the example agent", () => {
  it("builds a feature on the result of another, checks it and commits", async () => {
    const repository = await scratchRepository();
    const journey = promptFor(repository, "Measure a journey", 1);
    const early = runAgent(repository, journey);
    expect(early.status).toBe(1);
    expect(early.stderr).toContain("failed with exit code 1");
    execFileSync("git", ["clean", "-fdq"], { cwd: repository });
    expect(runAgent(repository, promptFor(repository, "Parse a time", 1)).status).toBe(0);
    expect(runAgent(repository, journey).status).toBe(0);
    expect(commits(repository)).toEqual([
      "Measure a journey",
      "Parse a time",
      "Begin with a roadmap",
    ]);
    expect(readFileSync(join(repository, "src/journey.mjs"), "utf8")).toContain(
      'import { parseTime } from "./parse-time.mjs";',
    );
  });

  it("fails at the first attempt of a feature that takes care, and mends it at the second", async () => {
    const repository = await scratchRepository();
    expect(runAgent(repository, promptFor(repository, "Name the platform", 1)).status).toBe(1);
    expect(commits(repository)).toEqual(["Begin with a roadmap"]);
    expect(runAgent(repository, promptFor(repository, "Name the platform", 2)).status).toBe(0);
    expect(commits(repository)).toEqual(["Name the platform", "Begin with a roadmap"]);
  });

  it("says what it misses in a prompt that it cannot work with", async () => {
    const { status, stderr } = runAgent(await scratchRepository(), "# Something else");
    expect(status).toBe(1);
    expect(stderr.trim()).toBe("spec-agent: the prompt names no module, no example or no title");
  });
});

describe("the demo's roadmap", () => {
  it("has eight features, all of them to be done", async () => {
    const { total, open } = await readProgress(await scratchRepository());
    expect(total).toBe(8);
    expect(open).toHaveLength(8);
  });
});
