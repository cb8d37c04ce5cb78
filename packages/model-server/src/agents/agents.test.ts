import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { realAgentNames, realAgents } from "./agent-catalogue.ts";
import { installAgent } from "./install-agent.ts";
import { agentFolder, agentsFolder, installedAgents, lookUpAgent } from "./look-up-agent.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-agents-"));
  vi.stubEnv("SIGNALBOX_AGENTS_DIR", join(folder, "agents"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

/** Puts a program of this name first on the PATH, where it plays npm. */
async function playNpm(script: string): Promise<void> {
  const bin = join(folder, "bin");
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, "npm"), `#!/bin/sh\n${script}\n`);
  await chmod(join(bin, "npm"), 0o755);
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"]}`);
}

async function run(...args: readonly string[]): Promise<[code: number | null, printed: string]> {
  const main = join(import.meta.dirname, "main.ts");
  const child = spawn(process.execPath, ["--conditions=@signalbox/source", main, ...args]);
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return [child.exitCode, `${stdout}${stderr}`];
}

describe("looking up a real program", () => {
  it("says how to get one that is not there", () => {
    expect(lookUpAgent("codex")).toEqual({
      name: "codex",
      version: realAgents.codex.version,
      isInstalled: false,
      reason: `needs codex ${realAgents.codex.version}: pnpm agents:real codex`,
    });
    expect(installedAgents()).toEqual([]);
  });

  it("finds a program, and starts a script with this Node", async () => {
    for (const name of ["codex", "gemini-cli"] as const) {
      const path = join(agentFolder(name), realAgents[name].program);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, "");
    }
    expect(installedAgents().map(({ name, program }) => ({ name, program }))).toEqual([
      { name: "codex", program: [join(agentFolder("codex"), realAgents.codex.program)] },
      {
        name: "gemini-cli",
        program: [
          process.execPath,
          join(agentFolder("gemini-cli"), realAgents["gemini-cli"].program),
        ],
      },
    ]);
  });

  it("looks at the root of the repository where no folder is named", () => {
    vi.stubEnv("SIGNALBOX_AGENTS_DIR", "");
    expect(agentsFolder()).toBe(join(import.meta.dirname, "../../../../.agents"));
  });

  it("pins one version of each, and asks npm for that", () => {
    for (const name of realAgentNames) {
      const { version, packages } = realAgents[name];
      for (const asked of packages) expect(asked).toContain(`@${version}`);
    }
  });
});

describe("installing a real program", () => {
  it("asks npm for the pinned version without its scripts, once", async () => {
    const { program } = realAgents.codex;
    await playNpm(
      `echo "$@" >> "${folder}/asked"; mkdir -p "$3/${dirname(program)}"; touch "$3/${program}"`,
    );
    expect(await installAgent("codex")).toBe("installed");
    expect(await installAgent("codex")).toBe("was there");
    expect(lookUpAgent("codex").isInstalled).toBe(true);
    const { stdout } = await promisify(execFile)("cat", [join(folder, "asked")]);
    expect(stdout.trim().split("\n")).toHaveLength(1);
    expect(stdout).toMatch(/^install --prefix .*--ignore-scripts.*@openai\/codex@0\.169\.0-/);
  });

  it("says what npm said where it fails, and leaves nothing", async () => {
    await playNpm("echo 'no such package' >&2; exit 1");
    await expect(installAgent("codex")).rejects.toThrow(
      /@openai\/codex.*failed:\nno such package/s,
    );
    expect(await readdir(agentsFolder())).toEqual([]);
  });

  it("refuses a package without the program", async () => {
    await playNpm("exit 0");
    await expect(installAgent("codex")).rejects.toThrow("codex 0.169.0 has no program at");
    expect(await readdir(agentsFolder())).toEqual([]);
  });
});

describe("pnpm agents:real", () => {
  it("names the agents there are where one is unknown", async () => {
    const [code, printed] = await run("clod");
    expect(code).toBe(2);
    expect(printed).toContain('There is no agent "clod". There are: claude-code, codex,');
  });

  it("reports by name what is not installed", async () => {
    await playNpm("echo 'no network' >&2; exit 1");
    const [code, printed] = await run("--install-only", "codex");
    expect(code).toBe(1);
    expect(printed).toContain("codex 0.169.0: not installed: npm install");
    expect(printed).toContain("no network");
    for (const name of realAgentNames) expect(printed).toContain(`${name}: skipped`);
  });
});
