import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { agentEnvironment, describeContainment } from "@signalbox/process";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ProgramPlace } from "./programs.ts";
import { FindTool, SearchTool } from "./search-tools.ts";
import { ShellTool } from "./shell-tool.ts";
import type { Tool } from "./tool.ts";
import { WorkspaceFiles } from "./workspace-files.ts";

const means = await describeContainment();

let root: string;
let place: ProgramPlace;
let files: WorkspaceFiles;

beforeEach(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "signalbox-programs-")));
  place = {
    cwd: root,
    environment: agentEnvironment({ from: { ...process.env, GITHUB_TOKEN: "ghp_secret" } }),
    runMarker: null,
    containment: null,
    graceMs: 100,
    maxOutputBytes: 2_000,
    onSurvivors: () => undefined,
  };
  mkdirSync(join(root, "src"));
  mkdirSync(join(root, "private"));
  mkdirSync(join(root, ".git"));
  for (const [path, text] of [
    ["src/a.ts", "const one = 1;\nconst two = 2;\n"],
    ["src/-b.ts", "const one = 11;\n"],
    ["private/c.ts", "const one = 111;\n"],
    [".git/d.ts", "const one = 1111;\n"],
  ] as const) {
    writeFileSync(join(root, path), text);
  }
  files = await WorkspaceFiles.of(root, ["private"]);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function shell(timeoutMs = 10_000): ShellTool {
  return new ShellTool(place, "bash", timeoutMs);
}

async function run(tool: Tool, input: object): Promise<string> {
  const context = { signal: new AbortController().signal, onActivity: (): void => undefined };
  return tool.prepare(input).run(context);
}

describe.skipIf(means.tier !== "bwrap")("in a sandbox", () => {
  it("commands change the workspace and nothing else, and see none of what is beside it", async () => {
    writeFileSync(`${root}.secret`, "seen");
    place = {
      ...place,
      containment: {
        tier: "bwrap",
        network: "on",
        mounts: [{ path: root, source: root, access: "write" }],
        limits: { memoryBytes: null, processes: null, cpuSeconds: null },
        modelGate: null,
      },
    };
    try {
      const tool = shell();
      expect(await run(tool, { command: "cd src; echo here >new; id -u" })).not.toBe("0");
      expect(await run(tool, { command: "pwd; cat new" })).toBe(`${join(root, "src")}\nhere`);
      await expect(run(tool, { command: `cat ${root}.secret` })).rejects.toThrow("No such file");
      await expect(run(tool, { command: "echo >/usr/new" })).rejects.toThrow("Read-only");
      await run(tool, { command: "mkdir /tmp/of-mine; cd /tmp/of-mine" });
      expect(await run(tool, { command: "pwd" })).toBe(root);
      expect(await run(new SearchTool(files, place), { pattern: "one = 11;" })).toContain("-b.ts");
    } finally {
      rmSync(`${root}.secret`);
    }
  });
});

describe("ShellTool", () => {
  it("begins where the command before it ended, until it is restarted", async () => {
    const tool = shell();
    expect(await run(tool, { command: "cd src; echo here" })).toBe("here");
    expect(await run(tool, { command: "pwd" })).toBe(join(root, "src"));
    await expect(run(tool, { command: "cd /; exit 3" })).rejects.toThrow("[exit code 3]");
    expect(await run(tool, { command: "pwd" })).toBe("/");
    await run(tool, { restart: true });
    expect(await run(tool, { command: "pwd" })).toBe(root);
    await run(tool, { command: "mkdir gone; cd gone; rmdir ../gone" });
    expect(await run(tool, { command: "pwd" })).toBe(root);
  });

  it("says what a command printed, and how it ended", async () => {
    expect(await run(shell(), { command: "true" })).toBe("[no output]");
    expect(await run(shell(), { command: "printf 'a\\nb'; echo wrong >&2" })).toBe(
      "a\nb\n[standard error]\nwrong\n",
    );
    expect(await run(shell(), { command: "cat" })).toBe("[no output]");
    await expect(run(shell(), { command: "kill -9 $$" })).rejects.toThrow("[ended by SIGKILL]");
    await expect(run(shell(), { command: "fi" })).rejects.toThrow("syntax error");
    await expect(run(shell(), { command: "x".repeat(200_000) })).rejects.toThrow("too long");
  });

  it("R-506 keeps the beginning and the end of an output of any length", async () => {
    const text = await run(shell(), { command: "echo first; yes | head -c 50000000; echo last" });
    expect(text.length).toBeLessThan(3_000);
    expect(text).toMatch(/^first\n[^]*bytes left out[^]*\nlast$/);
  });

  it("R-514 ends a command that takes too long, with what it left in the background", async () => {
    const marker = join(root, "marker");
    await expect(run(shell(300), { command: `sleep 63 & sleep 63` })).rejects.toThrow("too long");
    expect(await run(shell(), { command: `(sleep 1; touch ${marker}) & echo gone` })).toBe("gone");
    await expect(run(shell(), { command: `sleep 1.2; ls ${marker}` })).rejects.toThrow("exit code");
  });

  it("R-518 shows a command no secret of ours", async () => {
    expect(await run(shell(), { command: "env" })).not.toContain("ghp_secret");
    expect(await run(shell(), { command: "bash -lc env" })).not.toContain("ghp_secret");
  });
});

describe("SearchTool", () => {
  it("finds lines, but not in what must not be touched", async () => {
    const tool = new SearchTool(files, place);
    const found = await run(tool, { pattern: "one = 1+" });
    expect(found.split("\n").toSorted()).toEqual([
      "src/-b.ts:1:const one = 11;",
      "src/a.ts:1:const one = 1;",
    ]);
    expect(await run(tool, { pattern: "two", path: "src/a.ts" })).toBe("src/a.ts:2:const two = 2;");
    expect(await run(tool, { pattern: "nowhere" })).toBe("[no match]");
    expect(await run(tool, { pattern: "--help" })).toBe("[no match]");
    await expect(run(tool, { pattern: "(" })).rejects.toThrow("grep");
    await expect(run(tool, { pattern: "one", path: "private" })).rejects.toThrow("must not");
    await expect(run(tool, { pattern: "root", path: "/etc" })).rejects.toThrow("outside");
  });
});

describe("FindTool", () => {
  it("finds files by name and by path, but not what must not be touched", async () => {
    const tool = new FindTool(files, place);
    const found = await run(tool, { pattern: "*.ts" });
    expect(found.split("\n").toSorted()).toEqual(["src/-b.ts", "src/a.ts"]);
    expect(await run(tool, { pattern: "src/*a*" })).toBe("src/a.ts");
    expect(await run(tool, { pattern: "*.rs" })).toBe("[no match]");
    expect(await run(tool, { pattern: "-b.ts", path: "src" })).toBe("src/-b.ts");
  });
});
