import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeContainment } from "@signalbox/process";
import type { Workspace } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openRepository, runAsAgent } from "./__fixtures__/run-as-agent.ts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { agentFolder, AgentRepository, WorkspaceManager } from "./index.ts";

const means = await describeContainment();
let scratch: Scratch;
let manager: WorkspaceManager;
let workspace: Workspace;

beforeEach(async () => {
  scratch = new Scratch();
  manager = new WorkspaceManager(scratch.config());
  await manager.prepare({ issueId: "id-2", identifier: "other" }, calm);
  workspace = await manager.prepare({ issueId: "id-1", identifier: "add-login" }, calm);
});

afterEach(() => scratch.dispose());

const open = () => openRepository(scratch, workspace);
const asAgent = (repository: AgentRepository, script: string) =>
  runAsAgent(repository, workspace, script);

const commit = "echo work >work.txt && git add --all && git commit --quiet -m Work";

describe.skipIf(means.tier !== "bwrap")("an agent in a sandbox", () => {
  it("commits as whom the repository names, and its commits count once they are published", async () => {
    const repository = await open();
    const { exit, stderr } = await asAgent(repository, commit);
    expect(stderr.text).toBe("");
    expect(exit.code).toBe(0);
    expect(await manager.tip(workspace)).toBe(workspace.baseCommit);
    await repository.publish(calm);
    const branch = "refs/heads/signalbox/add-login";
    expect(git(scratch.mirror, "log", "-1", "--format=%an %s", branch)).toBe("Tester Work");
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({
      commitsAhead: 1,
      dirty: false,
    });
  });

  it("cannot change what the mirror runs, what others have, or where the host's git is led", async () => {
    const repository = await open();
    const others = git(scratch.mirror, "for-each-ref");
    const config = readFileSync(join(scratch.mirror, "config"), "utf8");
    const attempts = [
      "git config core.hooksPath /tmp",
      `echo evil >${scratch.mirror}/hooks/post-commit`,
      "git update-ref refs/remotes/origin/main HEAD~0^{tree}",
      "git update-ref -d refs/remotes/origin/main",
      `rm -r ${scratch.stateDir}/worktrees/other`,
      `rm ${scratch.stateDir}/worktrees/add-login/commondir`,
      `rm ${scratch.mirror}/packed-refs ${scratch.mirror}/HEAD`,
      `rm -r ${scratch.repository}`,
    ];
    for (const attempt of attempts) {
      const { exit } = await asAgent(repository, attempt);
      expect([attempt, exit.code === 0]).toEqual([attempt, false]);
    }
    await asAgent(
      repository,
      "git update-ref refs/heads/signalbox/other HEAD; git branch -D signalbox/other",
    );
    await repository.publish(calm);
    expect(git(scratch.mirror, "for-each-ref")).toBe(others);
    expect(readFileSync(join(scratch.mirror, "config"), "utf8")).toBe(config);
    expect(existsSync(scratch.repository)).toBe(true);
  });

  it("loses no commit when its runner dies before it is published", async () => {
    await asAgent(await open(), commit);
    await open();
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({ commitsAhead: 1 });
    await asAgent(await open(), "echo more >>work.txt; git commit --quiet -a -m More");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(git(scratch.mirror, "log", "-1", "--format=%s", savedRef ?? "")).toBe("More");
    expect(existsSync(agentFolder(scratch.stateDir, workspace.key))).toBe(false);
  });

  it("has the branches that it made beside its own in its next run, and they outlive the workspace", async () => {
    const script = `${commit} && git branch signalbox/backup && git reset --quiet --hard HEAD~1`;
    expect((await asAgent(await open(), script)).stderr.text).toBe("");
    const broken = `echo ${"1".repeat(40)} >${scratch.mirror}/refs/heads/signalbox/broken`;
    const { stdout } = await asAgent(
      await open(),
      `git log -1 --format=%s signalbox/backup; ${broken}`,
    );
    expect(stdout.text).toBe("Work\n");
    await manager.remove(workspace, calm);
    const saved = "refs/signalbox/saved/add-login/branch-backup";
    expect(git(scratch.mirror, "log", "-1", "--format=%s", saved)).toBe("Work");
    expect(git(scratch.mirror, "for-each-ref", "refs/signalbox/saved/")).not.toContain("broken");
  });

  it("keeps its commits beside a branch that somebody else has moved meanwhile", async () => {
    const repository = await open();
    await asAgent(repository, commit);
    const moved = scratch.commit("README.md", "moved\n", workspace.path);
    await repository.publish(calm);
    expect(await manager.tip(workspace)).toBe(moved);
    const saved = git(
      scratch.mirror,
      "for-each-ref",
      "--format=%(subject)",
      "refs/signalbox/saved/add-login",
    );
    expect(saved).toBe("Work");
  });

  it("leads nobody astray with a branch that is a link or a pipe", async () => {
    const repository = await open();
    for (const trick of ["mkfifo", "ln -s /etc/hostname"]) {
      const file = join(scratch.mirror, "refs/heads/signalbox/add-login");
      await asAgent(repository, `rm -f ${file}; ${trick} ${file}`);
      await repository.publish(calm);
      expect(await manager.tip(workspace)).toBe(workspace.baseCommit);
    }
  });
});

it("an agent's commits stand beside a branch that somebody moves in the moment of publishing", async () => {
  await open();
  const { path, key } = workspace;
  const agents = git(path, "commit-tree", "-p", "HEAD", "-m", "Work", "HEAD^{tree}");
  const others = git(path, "commit-tree", "-p", "HEAD", "-m", "Faster", "HEAD^{tree}");
  writeFileSync(join(agentFolder(scratch.stateDir, key), "branches", key), `${agents}\n`);
  const tools = join(scratch.folder, "tools");
  mkdirSync(tools);
  const faster = `case "$*" in *update-ref*refs/heads/*)
  git update-ref refs/heads/signalbox/add-login ${others} ;;
esac`;
  const script = `#!/bin/sh\nPATH="\${PATH#*:}"\n${faster}\nexec git "$@"\n`;
  writeFileSync(join(tools, "git"), script, { mode: 0o755 });
  const environment = { ...process.env, PATH: `${tools}:${process.env["PATH"]}` };
  const { stateDir } = scratch;
  await AgentRepository.recover({ stateDir, workspace, environment }, calm);
  expect(await manager.tip(workspace)).toBe(others);
  const saved = ["for-each-ref", "--format=%(objectname)", "refs/signalbox/saved"];
  expect(git(scratch.mirror, ...saved)).toBe(agents);
});

it("a branch that a killed process has moved already is not kept beside itself", async () => {
  await open();
  const { path, key } = workspace;
  const commitId = git(path, "commit-tree", "-p", "HEAD", "-m", "Work", "HEAD^{tree}");
  writeFileSync(join(agentFolder(scratch.stateDir, key), "branches", key), `${commitId}\n`);
  git(scratch.mirror, "update-ref", "refs/heads/signalbox/add-login", commitId);
  await open();
  expect(await manager.tip(workspace)).toBe(commitId);
  expect(git(scratch.mirror, "for-each-ref", "refs/signalbox/saved")).toBe("");
});

it("there is none for a plain folder", async () => {
  const { stateDir } = scratch;
  const folder = { ...workspace, branch: null };
  const order = { stateDir, workspace: folder, environment: process.env };
  expect(await AgentRepository.open(order, calm)).toBeNull();
});
