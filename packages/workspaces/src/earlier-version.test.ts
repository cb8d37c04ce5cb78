import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeContainment } from "@signalbox/process";
import type { Workspace } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRepository, runAsAgent } from "./__fixtures__/run-as-agent.ts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceManager } from "./index.ts";

const means = await describeContainment();
const order = { issueId: "id-1", identifier: "add-login" };
let scratch: Scratch;
let manager: WorkspaceManager;
let workspace: Workspace;
let inMirror: string;
let link: string;

beforeEach(async () => {
  scratch = new Scratch();
  manager = new WorkspaceManager(scratch.config());
  workspace = await manager.prepare(order, calm);
  inMirror = join(scratch.mirror, "worktrees/add-login");
  link = join(workspace.path, ".git");
  mkdirSync(join(scratch.mirror, "worktrees"));
  renameSync(join(scratch.stateDir, "worktrees/add-login"), inMirror);
  writeFileSync(join(inMirror, "commondir"), "../..\n");
  writeFileSync(link, `gitdir: ${inMirror}\n`);
});

afterEach(() => scratch.dispose());

describe("a worktree that an earlier version has made in the mirror", () => {
  it.skipIf(means.tier !== "bwrap")("keeps nobody from fetching, whatever is in it", async () => {
    const again = await manager.prepare(order, calm);
    const script = "git checkout -q --detach && git commit -q --allow-empty -m Work";
    const { stderr } = await runAsAgent(await openRepository(scratch, again), again, script);
    expect(stderr.text).toBe("");
    const base = scratch.commit("main.txt", "moved\n");
    const other = await manager.prepare({ issueId: "id-2", identifier: "other" }, calm);
    expect(other.baseCommit).toBe(base);
  });

  it("stays as it is otherwise, also where its move was interrupted", async () => {
    writeFileSync(join(workspace.path, "README.md"), "changed\n");
    const before = await manager.fingerprint(workspace, calm);
    for (const left of [readFileSync(link, "utf8"), ""]) {
      writeFileSync(link, left);
      expect(await manager.prepare(order, calm)).toMatchObject({ path: workspace.path });
      expect(git(workspace.path, "status", "--porcelain")).toBe(" M README.md");
      expect(await manager.fingerprint(workspace, calm)).toEqual(before);
      expect(git(workspace.path, "rev-parse", "--git-dir")).toBe(
        join(scratch.stateDir, "worktrees/add-login"),
      );
    }
  });

  it("stays there with its submodules", async () => {
    mkdirSync(join(inMirror, "modules"));
    await manager.prepare(order, calm);
    expect(git(workspace.path, "rev-parse", "--git-dir")).toBe(inMirror);
  });
});
