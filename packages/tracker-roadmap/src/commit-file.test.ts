import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { LogFields } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
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
});
