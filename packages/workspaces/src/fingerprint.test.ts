import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Workspace } from "@signalbox/contracts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { Git } from "./git.ts";
import { WorkspaceManager } from "./index.ts";
import { WorkReader } from "./work-state.ts";
import { findWorktree } from "./worktree.ts";

const order = { issueId: "id-1", identifier: "add-login" };
let scratch: Scratch;
let manager: WorkspaceManager;
let workspace: Workspace;

async function digest(): Promise<string> {
  return (await manager.fingerprint(workspace, calm)).digest;
}

/** Whether `change` changes the fingerprint. */
async function changes(change: () => unknown): Promise<boolean> {
  const before = await digest();
  change();
  return (await digest()) !== before;
}

afterEach(() => scratch.dispose());

describe("fingerprint of a worktree", () => {
  beforeEach(async () => {
    scratch = new Scratch();
    scratch.commit(".gitignore", "ignored/\n");
    manager = new WorkspaceManager(scratch.config());
    workspace = await manager.prepare(order, calm);
  });

  it("R-226 changes with every change of content", async () => {
    const { path } = workspace;
    const file = join(path, "README.md");
    expect(await changes(() => writeFileSync(file, "FIRST\n"))).toBe(true);
    expect(await changes(() => writeFileSync(join(path, "new.txt"), "a"))).toBe(true);
    expect(await changes(() => writeFileSync(join(path, "new.txt"), "b"))).toBe(true);
    expect(await changes(() => chmodSync(file, 0o755))).toBe(true);
    expect(await changes(() => symlinkSync("README.md", join(path, "link")))).toBe(true);
    expect(await changes(() => rmSync(file))).toBe(true);
    scratch.write(join(path, "ignored/tracked"), "a");
    expect(await changes(() => git(path, "add", "--force", "ignored/tracked"))).toBe(true);
    expect(await changes(() => writeFileSync(join(path, "ignored/tracked"), "b"))).toBe(true);
    expect(await changes(() => writeFileSync(join(path, 'odd "name"\n*[x].txt'), ""))).toBe(true);
  });

  it("R-226 changes with content of the same size in the second of the checkout", async () => {
    const { path } = workspace;
    const file = join(path, "README.md");
    const index = git(path, "rev-parse", "--path-format=absolute", "--git-path", "index");
    git(path, "config", "core.trustctime", "false");
    utimesSync(file, 1_000, 1_000);
    git(path, "update-index", "--refresh");
    utimesSync(index, 1_000, 1_000);
    const change = (): void => {
      writeFileSync(file, "FIRST\n");
      utimesSync(file, 1_000, 1_000);
    };
    expect(await changes(change)).toBe(true);
  });

  it("R-226 stays while the content stays", async () => {
    const { path } = workspace;
    const file = join(path, "README.md");
    scratch.write(join(path, "new.txt"), "a");
    expect(await changes(() => utimesSync(file, 1, 1))).toBe(false);
    expect(await changes(() => writeFileSync(file, "first\n"))).toBe(false);
    expect(await changes(() => scratch.write(join(path, "ignored/a"), "a"))).toBe(false);
    expect(await changes(() => git(path, "add", "new.txt"))).toBe(false);
    expect(await changes(() => git(path, "commit", "--quiet", "-m", "All"))).toBe(false);
    expect(await changes(() => git(path, "commit", "--quiet", "--amend", "-m", "All!"))).toBe(
      false,
    );
    expect(await changes(() => scratch.commit("base.txt", "of the base"))).toBe(false);
  });

  it("leaves the index and the files alone", async () => {
    scratch.write(join(workspace.path, "new.txt"), "a");
    await digest();
    expect(git(workspace.path, "status", "--porcelain")).toBe("?? new.txt");
  });

  it("counts the commits that the base does not have", async () => {
    const read = () => manager.fingerprint(workspace, calm);
    expect(await read()).toMatchObject({
      head: workspace.baseCommit,
      commitsAhead: 0,
      dirty: false,
    });
    scratch.write(join(workspace.path, "a.txt"), "a");
    expect(await read()).toMatchObject({ commitsAhead: 0, dirty: true });
    const head = scratch.commit("a.txt", "b", workspace.path);
    expect(await read()).toMatchObject({ head, commitsAhead: 1, dirty: false });

    git(scratch.repository, "fetch", "--quiet", scratch.mirror, "signalbox/add-login");
    git(scratch.repository, "merge", "--quiet", "--no-ff", "-m", "Merge", "FETCH_HEAD");
    await manager.prepare({ issueId: "2", identifier: "next" }, calm);
    expect(await read()).toMatchObject({ head, commitsAhead: 0 });
  });

  it("survives an unresolved merge", async () => {
    const { path } = workspace;
    scratch.conflict(path);
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({ dirty: true });
    expect(await changes(() => writeFileSync(join(path, "README.md"), "resolved\n"))).toBe(true);
    expect(git(path, "status", "--porcelain")).toMatch(/^UU README\.md/);
  });

  it("survives a damaged index and a damaged .git file", async () => {
    const { path } = workspace;
    scratch.write(join(path, "README.md"), "edited\n");
    const before = await digest();
    writeFileSync(join(scratch.stateDir, "worktrees/add-login/index"), "not an index");
    expect(await changes(() => undefined)).toBe(false);
    expect(await digest()).toBe(before);
    writeFileSync(join(path, ".git"), "gitdir: /nowhere\n");
    expect(await digest()).toBe(before);
    rmSync(join(scratch.stateDir, "worktrees/add-login/index"));
    expect(await digest()).toBe(before);
  });

  it("survives that what is staged is missing", async () => {
    const file = join(workspace.path, "staged.txt");
    writeFileSync(file, "staged\n");
    // Otherwise git does not trust the index, and reads the file again.
    utimesSync(file, 1, 1);
    git(workspace.path, "add", "staged.txt");
    const before = await digest();
    const blob = git(workspace.path, "rev-parse", ":staged.txt");
    rmSync(join(scratch.mirror, "objects", blob.slice(0, 2), blob.slice(2)));
    expect(await digest()).toBe(before);
  });

  it("sees into repositories inside the worktree, also into those without a commit", async () => {
    const { path } = workspace;
    for (const inner of ["inner", "deep/inner"]) {
      const folder = join(path, inner);
      expect(await changes(() => git(path, "init", "--quiet", folder))).toBe(false);
      expect(await changes(() => writeFileSync(join(folder, "a.txt"), "a"))).toBe(true);
      git(folder, "config", "user.name", "Tester");
      git(folder, "config", "user.email", "tester@example.invalid");
      expect(await changes(() => scratch.commit("a.txt", "a", folder))).toBe(false);
      expect(await changes(() => writeFileSync(join(folder, "a.txt"), "b"))).toBe(true);
    }
  });

  it("sees into submodules", async () => {
    const { path } = workspace;
    const allow = ["-c", "protocol.file.allow=always"];
    git(path, ...allow, "submodule", "--quiet", "add", scratch.repository, "sub");
    git(path, "commit", "--quiet", "-m", "Add a submodule");
    const clean = await manager.fingerprint(workspace, calm);
    expect(clean.dirty).toBe(false);
    const file = join(path, "sub/README.md");
    expect(await changes(() => writeFileSync(file, "edited\n"))).toBe(true);
    expect(await changes(() => writeFileSync(file, "more\n"))).toBe(true);
    expect(await changes(() => rmSync(join(path, "sub"), { recursive: true }))).toBe(true);
  });

  it("runs nothing that a repository inside the worktree names, submodule or not", async () => {
    const { path } = workspace;
    const inner = join(path, "inner");
    const witness = join(scratch.folder, "ran");
    git(path, "init", "--quiet", inner);
    git(inner, "config", "user.name", "Tester");
    git(inner, "config", "user.email", "tester@example.invalid");
    scratch.commit(".gitattributes", "* filter=own\n", inner);
    git(path, "-c", "advice.addEmbeddedRepo=false", "add", "inner");
    git(path, "commit", "--quiet", "-m", "Add a repository");
    const script = `sh -c 'echo ran >>${witness}; cat'`;
    git(inner, "config", "filter.own.clean", script);
    git(inner, "config", "core.fsmonitor", script);
    writeFileSync(join(inner, "a.txt"), "a");
    writeFileSync(join(inner, ".gitattributes"), "* filter=own \n");
    expect((await manager.fingerprint(workspace, calm)).dirty).toBe(true);
    writeFileSync(join(scratch.stateDir, "worktrees/add-login/index"), "not an index");
    expect((await manager.fingerprint(workspace, calm)).dirty).toBe(true);
    await manager.remove(workspace, calm);
    expect(existsSync(witness)).toBe(false);
  });

  it("R-518 neither runs nor waits for what an agent puts in place of git's own files", async () => {
    const folder = join(scratch.stateDir, "worktrees/add-login");
    const before = await digest();
    for (const name of ["locked", "index"]) {
      rmSync(join(folder, name), { force: true });
      execFileSync("mkfifo", [join(folder, name)]);
      expect(await digest()).toBe(before);
      rmSync(join(folder, name));
      symlinkSync("/dev/zero", join(folder, name));
      expect(await digest()).toBe(before);
    }
  });

  it("gives up a worktree that holds git up", async () => {
    const { path } = workspace;
    execFileSync("mkfifo", [join(path, ".gitattributes")]);
    writeFileSync(join(path, "README.md"), "edited\n");
    const worktree = await findWorktree(scratch.mirror, path);
    if (worktree === null) throw new Error("no worktree");
    const reader = new WorkReader({ git: new Git(process.env), drafts: scratch.folder }, 500);
    await expect(reader.read(worktree, calm)).rejects.toMatchObject({
      code: "workspace_git",
      message: expect.stringContaining("0.5 s"),
      remedy: expect.stringContaining("-type p"),
    });
  });

  it("R-518 takes in nothing that stands behind a link on the way to a submodule", async () => {
    const { path } = workspace;
    const beside = join(scratch.folder, "beside");
    scratch.write(join(beside, "sub/secret"), "token");
    git(path, "init", "--quiet", join(path, "deep/sub"));
    git(join(path, "deep/sub"), "config", "user.name", "Tester");
    git(join(path, "deep/sub"), "config", "user.email", "tester@example.invalid");
    scratch.commit("a.txt", "a", join(path, "deep/sub"));
    git(path, "-c", "advice.addEmbeddedRepo=false", "add", "deep/sub");
    git(path, "commit", "--quiet", "-m", "Add a repository");
    rmSync(join(path, "deep"), { recursive: true });
    symlinkSync(beside, join(path, "deep"));
    const { savedRef } = await manager.remove(workspace, calm);
    const saved = git(scratch.mirror, "ls-tree", "-r", "--name-only", savedRef ?? "");
    expect(saved.split("\n")).toEqual([".gitignore", "README.md", "deep"]);
  });
});

describe("fingerprint of a folder", () => {
  beforeEach(async () => {
    scratch = new Scratch();
    manager = new WorkspaceManager(scratch.config({ kind: "folder", repository: "/absent" }));
    workspace = await manager.prepare(order, calm);
  });

  it("R-226 changes with the content and with nothing else", async () => {
    const { path } = workspace;
    const file = join(path, "a.txt");
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({
      head: null,
      commitsAhead: 0,
      dirty: false,
    });
    expect(await changes(() => writeFileSync(file, "a"))).toBe(true);
    expect(await changes(() => writeFileSync(file, "b"))).toBe(true);
    expect(await changes(() => chmodSync(file, 0o755))).toBe(true);
    expect(await changes(() => mkdirSync(join(path, "empty")))).toBe(true);
    expect(await changes(() => symlinkSync("/etc", join(path, "link")))).toBe(true);
    expect(await changes(() => utimesSync(file, 1, 1))).toBe(false);
    expect(await changes(() => git(path, "init", "--quiet"))).toBe(false);
    expect((await manager.fingerprint(workspace, calm)).dirty).toBe(true);
  });
});
