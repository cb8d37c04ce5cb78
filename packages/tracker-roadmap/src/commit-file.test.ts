import { execFile } from "node:child_process";
import { copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LogFields } from "@signalbox/contracts";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { temporaryFolder } from "./__fixtures__/temporary-folder.ts";
import { RoadmapTrackerAdapter } from "./index.ts";

const { signal } = new AbortController();
const text = "### A\n- **Status:** planned\n";
const order = { from: null, to: "done", key: "k" };

async function repository(): Promise<{
  readonly folder: string;
  readonly git: (...args: string[]) => Promise<string>;
  readonly logged: (LogFields | undefined)[];
  readonly move: () => Promise<unknown>;
}> {
  const folder = await temporaryFolder();
  const git = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)("git", args, { cwd: folder });
    return stdout.trim();
  };
  await git("init", "--quiet", "--initial-branch=main");
  await git("config", "user.name", "Example");
  await git("config", "user.email", "example@example.invalid");
  await writeFile(join(folder, "roadmap.md"), text);
  await git("add", "roadmap.md");
  await git("commit", "--quiet", "--message=Start");
  const logged: (LogFields | undefined)[] = [];
  const logger = { log: (_: string, __: string, fields?: LogFields) => void logged.push(fields) };
  const options = { path: "roadmap.md", commit: true };
  const tracker = new RoadmapTrackerAdapter(options, { folder, logger });
  const move = async (): Promise<unknown> => {
    const [a] = await tracker.fetchIssuesByStates(["planned", "done"], signal);
    return tracker.transition(a?.id ?? "", order, signal);
  };
  return { folder, git, logged, move };
}

describe("with `commit`", () => {
  it("a move is a commit of that file alone; what else is staged stays staged", async () => {
    const { folder, git, logged, move } = await repository();
    await writeFile(join(folder, "other.txt"), "mine");
    await git("add", "other.txt");
    expect(await move()).toMatchObject({ kind: "confirmed" });
    expect(await git("log", "-1", "--format=%s")).toBe("Move a to done");
    expect(await git("show", "--name-only", "--format=")).toBe("roadmap.md");
    expect(await git("status", "--porcelain")).toBe("A  other.txt");
    expect(logged).toEqual([]);
  });

  it("a move that was written and not committed is committed when it is repeated", async () => {
    const { folder, git, move } = await repository();
    await writeFile(join(folder, "roadmap.md"), text.replace("planned", "done"));
    expect(await move()).toMatchObject({ kind: "confirmed" });
    expect(await git("status", "--porcelain")).toBe("");
    await move();
    expect(await git("rev-list", "--count", "HEAD")).toBe("2");
  });

  it.each([
    ["no branch is checked out", ["checkout", "--quiet", "--detach"], "no branch"],
    ["git does not know the file", ["rm", "--quiet", "--cached", "roadmap.md"], "did not match"],
  ])("a move is confirmed and its commit left with a warning where %s", async (_, args, words) => {
    const { git, logged, move } = await repository();
    await git(...args);
    expect(await move()).toMatchObject({ kind: "confirmed", issue: { state: "done" } });
    expect(logged).toMatchObject([
      { issue_identifier: "a", reason: expect.stringContaining(words) },
    ]);
    expect(await git("rev-list", "--count", "--all")).toBe("1");
  });

  it("no program that the repository or our environment names is started", async () => {
    const { folder, git, logged, move } = await repository();
    const started = join(await temporaryFolder(), "started");
    const program = join(folder, ".git", "program");
    await writeFile(program, `#!/bin/sh\nprintf '%s\\n' "$0 $*" >>'${started}'\ncat\n`, {
      mode: 0o755,
    });
    const hooks = [
      "pre-commit",
      "prepare-commit-msg",
      "commit-msg",
      "post-commit",
      "post-index-change",
    ];
    for (const hook of [...hooks, "reference-transaction", "pre-auto-gc"]) {
      await copyFile(program, join(folder, ".git", "hooks", hook));
    }
    await writeFile(join(folder, ".git", "info", "attributes"), "*.md filter=a=b diff=d\n");
    for (const [key = "", value = program] of [
      ["filter.a=b.clean"],
      ["filter.a=b.smudge"],
      ["filter.a=b.required", "true"],
      ["diff.d.textconv"],
      ["diff.external"],
      ["core.fsmonitor"],
      ["core.editor"],
      ["core.pager"],
      ["commit.gpgSign", "true"],
      ["gpg.program"],
      ["gc.auto", "1"],
    ]) {
      await git("config", key, value);
    }
    vi.stubEnv("GIT_DIR", "/nowhere");
    vi.stubEnv("GIT_EDITOR", program);
    vi.stubEnv("GIT_CONFIG_PARAMETERS", `'core.hooksPath'='${folder}/.git/hooks'`);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(await move()).toMatchObject({ kind: "confirmed" });
    vi.unstubAllEnvs();
    expect(logged).toEqual([]);
    await expect(readFile(started, "utf8")).rejects.toMatchObject({ code: "ENOENT" });
    await rm(join(folder, ".git", "hooks"), { recursive: true });
    expect(
      await git(
        "-c",
        "core.fsmonitor=false",
        "show",
        "--no-ext-diff",
        "--no-textconv",
        "HEAD:roadmap.md",
      ),
    ).toBe(text.replace("planned", "done").trim());
  });
});
