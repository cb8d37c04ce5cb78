import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Workspace } from "@signalbox/contracts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceManager } from "./index.ts";

const order = { issueId: "id-1", identifier: "add-login" };
let scratch: Scratch;
let manager: WorkspaceManager;
let workspace: Workspace;

beforeEach(async () => {
  scratch = new Scratch();
  manager = new WorkspaceManager(scratch.config());
  workspace = await manager.prepare(order, calm);
});
afterEach(() => scratch.dispose());

function show(ref: string | null, file: string): string {
  return git(scratch.mirror, "show", `${ref}:${file}`);
}

function branches(): string {
  return git(scratch.mirror, "for-each-ref", "--format=%(refname)", "refs/heads/");
}

describe("remove", () => {
  it("leaves nothing of a workspace without work", async () => {
    expect(await manager.remove(workspace, calm)).toEqual({ savedRef: null });
    expect(readdirSync(scratch.root)).toEqual([]);
    expect(branches()).toBe("");
    expect(git(scratch.mirror, "worktree", "list", "--porcelain")).not.toContain("add-login");
    expect(readdirSync(join(scratch.stateDir, "workspace-records"))).toEqual([]);
  });

  it("a workspace that is not there any more is a success", async () => {
    rmSync(workspace.path, { recursive: true });
    expect(await manager.remove(workspace, calm)).toEqual({ savedRef: null });
    expect(await manager.remove(workspace, calm)).toEqual({ savedRef: null });
    expect((await manager.prepare(order, calm)).createdNow).toBe(true);
  });

  it("R-225 uncommitted and untracked work is saved on top of the head", async () => {
    const head = scratch.commit("a.txt", "a\n", workspace.path);
    scratch.write(join(workspace.path, "README.md"), "edited\n");
    scratch.write(join(workspace.path, "new.txt"), "new\n");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(savedRef).toBe("refs/signalbox/saved/add-login/1");
    expect(show(savedRef, "README.md")).toBe("edited");
    expect(show(savedRef, "new.txt")).toBe("new");
    expect(git(scratch.mirror, "rev-parse", `${savedRef}^`)).toBe(head);
    expect(existsSync(workspace.path)).toBe(false);
  });

  it("R-225 each removal saves to a ref of its own", async () => {
    for (const number of [1, 2]) {
      const { path } = await manager.prepare(order, calm);
      scratch.write(join(path, "new.txt"), `${number}\n`);
      const { savedRef } = await manager.remove(workspace, calm);
      expect(show(savedRef, "new.txt")).toBe(`${number}`);
    }
  });

  it("R-225 commits that the base does not have stay on their branch", async () => {
    const head = scratch.commit("a.txt", "a\n", workspace.path);
    const { savedRef } = await manager.remove(workspace, calm);
    expect(savedRef).toBe("refs/heads/signalbox/add-login");
    expect(git(scratch.mirror, "rev-parse", "signalbox/add-login")).toBe(head);
  });

  it("R-225 commits of a detached head are saved", async () => {
    git(workspace.path, "checkout", "--quiet", "--detach");
    const head = scratch.commit("a.txt", "a\n", workspace.path);
    const { savedRef } = await manager.remove(workspace, calm);
    expect(savedRef).toBe("refs/signalbox/saved/add-login/1");
    expect(git(scratch.mirror, "rev-parse", savedRef ?? "")).toBe(head);
  });

  it("R-225 repositories inside the worktree are saved with content and history", async () => {
    const inner = join(workspace.path, "inner");
    git(workspace.path, "init", "--quiet", "--initial-branch=main", inner);
    git(inner, "config", "user.name", "Tester");
    git(inner, "config", "user.email", "tester@example.invalid");
    const head = scratch.commit("a.txt", "a\n", inner);
    scratch.write(join(inner, "b.txt"), "b\n");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(show(savedRef, "inner/b.txt")).toBe("b");
    expect(git(scratch.mirror, "rev-parse", `${savedRef}-repository-1/main`)).toBe(head);
  });

  it("R-518 the history of a repository inside the worktree is taken from nowhere else", async () => {
    const inner = join(workspace.path, "inner");
    scratch.write(join(inner, ".git"), `gitdir: ${join(scratch.repository, ".git")}\n`);
    const error = { code: "workspace_save", message: expect.stringContaining("inner") };
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject(error);
    rmSync(inner, { recursive: true });
    git(workspace.path, "clone", "--quiet", "--shared", scratch.repository, inner);
    git(inner, "remote", "remove", "origin");
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject(error);
    rmSync(inner, { recursive: true });
    git(workspace.path, "init", "--quiet", inner);
    rmSync(join(inner, ".git/objects"), { recursive: true });
    symlinkSync(join(scratch.repository, ".git/objects"), join(inner, ".git/objects"));
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject(error);
    expect(git(scratch.mirror, "for-each-ref", "refs/signalbox/saved/*/*-repository-1/")).toBe("");
  });

  it("R-518 runs nothing that fetches what a repository inside the worktree lacks", async () => {
    const inner = join(workspace.path, "inner");
    const witness = join(scratch.folder, "ran");
    git(workspace.path, "init", "--quiet", inner);
    git(inner, "config", "user.name", "Tester");
    git(inner, "config", "user.email", "tester@example.invalid");
    const lost = scratch.commit("a.txt", "a", inner);
    scratch.commit("a.txt", "b", inner);
    rmSync(join(inner, ".git/objects", lost.slice(0, 2), lost.slice(2)));
    git(inner, "config", "core.repositoryFormatVersion", "1");
    git(inner, "config", "extensions.partialClone", "origin");
    git(inner, "config", "remote.origin.promisor", "true");
    git(inner, "config", "remote.origin.url", scratch.repository);
    git(inner, "config", "remote.origin.uploadpack", `sh -c 'echo ran >${witness}' --`);
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject({ code: "workspace_save" });
    expect(existsSync(witness)).toBe(false);
  });

  it("R-225 a mark of a half-made worktree that an agent sets costs no work", async () => {
    scratch.write(join(workspace.path, "new.txt"), "new\n");
    writeFileSync(join(scratch.stateDir, "worktrees/add-login/locked"), "initializing");
    workspace = await manager.prepare(order, calm);
    expect(workspace.createdNow).toBe(false);
    const { savedRef } = await manager.remove(workspace, calm);
    expect(show(savedRef, "new.txt")).toBe("new");
  });

  it("R-225 where the work cannot be saved, nothing is removed", async () => {
    scratch.write(join(workspace.path, "new.txt"), "new\n");
    // A file where the folder of the refs has to be.
    mkdirSync(join(scratch.mirror, "refs/signalbox"), { recursive: true });
    writeFileSync(join(scratch.mirror, "refs/signalbox/saved"), "");
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject({
      code: "workspace_save",
      message: expect.stringMatching(/add-login.*could not be saved/),
    });
    expect(git(workspace.path, "status", "--porcelain")).toBe("?? new.txt");
    rmSync(join(scratch.mirror, "refs/signalbox/saved"));
    expect((await manager.remove(workspace, calm)).savedRef).not.toBe(null);
  });

  it("R-225 a workspace whose mirror is lost is not removed", async () => {
    rmSync(scratch.mirror, { recursive: true });
    const later = new WorkspaceManager(scratch.config());
    await expect(later.remove(workspace, calm)).rejects.toMatchObject({ code: "workspace_save" });
    expect(existsSync(join(workspace.path, "README.md"))).toBe(true);
  });

  it("R-219 removes by the recorded path after the root and the kind have changed", async () => {
    scratch.write(join(workspace.path, "new.txt"), "new\n");
    const config = scratch.config({ root: join(scratch.folder, "other"), kind: "folder" });
    const reloaded = new WorkspaceManager(config);
    expect((await reloaded.fingerprint(workspace, calm)).head).toBe(workspace.baseCommit);
    const { savedRef } = await reloaded.remove(workspace, calm);
    expect(savedRef).toBe("refs/signalbox/saved/add-login/1");
    expect(existsSync(workspace.path)).toBe(false);
  });

  it("removes with an unresolved merge, a damaged index and a damaged .git file", async () => {
    const { path } = workspace;
    scratch.conflict(path);
    writeFileSync(join(scratch.stateDir, "worktrees/add-login/index"), "not an index");
    writeFileSync(join(path, ".git"), "gitdir: /nowhere\n");
    const { savedRef } = await manager.remove(workspace, calm);
    expect(show(savedRef, "README.md")).toMatch(/<<<<<<</);
  });

  it("removes a plain folder, but none that it did not make", async () => {
    const folders = new WorkspaceManager(scratch.config({ kind: "folder" }));
    const made = await folders.prepare({ issueId: "2", identifier: "plain" }, calm);
    scratch.write(join(made.path, "a.txt"), "a\n");
    expect(await folders.remove(made, calm)).toEqual({ savedRef: null });
    expect(existsSync(made.path)).toBe(false);

    scratch.write(join(made.path, "b.txt"), "of somebody else\n");
    await expect(folders.remove(made, calm)).rejects.toMatchObject({ code: "workspace_occupied" });
    expect(existsSync(join(made.path, "b.txt"))).toBe(true);
  });
});
