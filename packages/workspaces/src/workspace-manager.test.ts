import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Workspace } from "@signalbox/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { assertSafeWorkspace, WorkspaceManager } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

const order = { issueId: "id-1", identifier: "add-login" };

/** What is already there says nothing of its content. */
function foundAgain(first: Workspace): Workspace {
  const { issueId, identifier, key, path, branch, baseCommit } = first;
  return { issueId, identifier, key, path, branch, baseCommit, createdNow: false };
}

describe("prepare", () => {
  it("R-201 R-202 makes a missing workspace once and finds it again", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const first = await manager.prepare(order, calm);
    expect(first).toMatchObject({
      ...order,
      key: "add-login",
      path: join(scratch.root, "add-login"),
      branch: "signalbox/add-login",
      baseCommit: git(scratch.repository, "rev-parse", "HEAD"),
      createdNow: true,
    });
    expect(await manager.prepare(order, calm)).toEqual(foundAgain(first));
    const afterRestart = new WorkspaceManager(scratch.config());
    expect(await afterRestart.prepare(order, calm)).toEqual(foundAgain(first));
  });

  it("R-226 tells the fingerprint of a new workspace as a look at it would, unless a hook has run", async () => {
    const manager = new WorkspaceManager(scratch.config());
    for (const identifier of ["one", "two"]) {
      const made = await manager.prepare({ issueId: identifier, identifier }, calm);
      expect(made.fingerprint).toEqual(await manager.fingerprint(made, calm));
    }
    scratch.commit("later.txt", "later\n");
    const later = await manager.prepare({ issueId: "three", identifier: "three" }, calm);
    expect(later.fingerprint).toEqual(await manager.fingerprint(later, calm));
    const hooks = { ...scratch.config().hooks, afterCreate: "echo made > made.txt" };
    const hooked = new WorkspaceManager({ ...scratch.config(), hooks });
    const touched = await hooked.prepare({ issueId: "four", identifier: "four" }, calm);
    expect(touched.fingerprint).toBeUndefined();
  });

  it("R-224 makes a worktree that git itself takes for one of its own", async () => {
    const { path } = await new WorkspaceManager(scratch.config()).prepare(order, calm);
    expect(readFileSync(join(path, "README.md"), "utf8")).toBe("first\n");
    expect(git(path, "status", "--porcelain", "--branch")).toBe("## signalbox/add-login");
    expect(git(path, "config", "user.email")).toBe("tester@example.invalid");
    const common = git(path, "rev-parse", "--path-format=absolute", "--git-common-dir");
    expect(common).toBe(scratch.mirror);
    git(scratch.mirror, "worktree", "prune", "--expire=now");
    scratch.commit("login.txt", "done\n", path);
    expect(git(scratch.mirror, "fsck", "--strict")).not.toMatch(/error|missing/);
    expect(git(scratch.repository, "branch", "--list")).toBe("* main");
  });

  it("R-224 eight at once share one mirror", async () => {
    const one = new WorkspaceManager(scratch.config());
    const other = new WorkspaceManager(scratch.config());
    const prepares = Array.from({ length: 8 }, (_, number) => {
      const manager = number % 2 === 0 ? one : other;
      return manager.prepare({ issueId: `${number}`, identifier: `i-${number}` }, calm);
    });
    const workspaces = await Promise.all(prepares);
    for (const [number, workspace] of workspaces.entries()) {
      expect(workspace.createdNow).toBe(true);
      expect(git(workspace.path, "branch", "--show-current")).toBe(`signalbox/i-${number}`);
    }
    const states = readdirSync(scratch.stateDir).filter((name) => name.includes(".tmp"));
    expect(states).toEqual([]);
  });

  it("R-202 of two prepares at once for one issue, one made it", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const both = await Promise.all([manager.prepare(order, calm), manager.prepare(order, calm)]);
    expect(both.map(({ createdNow }) => createdNow)).toEqual([true, false]);
  });

  it("R-203 R-223 an existing workspace is reused untouched, also when the base has moved", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const { path, baseCommit } = await manager.prepare(order, calm);
    scratch.write(join(path, "README.md"), "edited\n");
    scratch.write(join(path, "new.txt"), "not added\n");
    scratch.commit("later.txt", "later\n");
    const again = await manager.prepare(order, calm);
    expect(again).toMatchObject({ path, baseCommit, createdNow: false });
    expect(git(path, "status", "--porcelain")).toBe(" M README.md\n?? new.txt");
    expect(existsSync(join(path, "later.txt"))).toBe(false);
  });

  it("starts from what the base is at that moment", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.prepare(order, calm);
    const commit = scratch.commit("blocker.txt", "merged\n");
    const next = await manager.prepare({ issueId: "2", identifier: "next" }, calm);
    expect(next.baseCommit).toBe(commit);
    expect(existsSync(join(next.path, "blocker.txt"))).toBe(true);
  });

  it("keeps to the default branch that it found first, and to a configured base", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.prepare(order, calm);
    const main = git(scratch.repository, "rev-parse", "main");
    git(scratch.repository, "switch", "--quiet", "--create", "mine");
    const mine = scratch.commit("mine.txt", "mine\n");
    for (const [base, commit] of [
      [null, main],
      ["mine", mine],
    ] as const) {
      const later = new WorkspaceManager(scratch.config({ base }));
      const next = { issueId: "i", identifier: `on-${base}` };
      expect((await later.prepare(next, calm)).baseCommit).toBe(commit);
    }
  });

  it("takes up a branch of an earlier life that has commits, and renews one that has none", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const first = await manager.prepare(order, calm);
    scratch.commit("login.txt", "begun\n", first.path);
    await manager.remove(first, calm);
    scratch.commit("later.txt", "later\n");

    const second = await manager.prepare(order, calm);
    expect(second).toEqual({ ...foundAgain(first), createdNow: true });
    expect(existsSync(join(second.path, "login.txt"))).toBe(true);

    git(second.path, "reset", "--quiet", "--hard", "HEAD~1");
    rmSync(second.path, { recursive: true });
    const third = await manager.prepare(order, calm);
    expect(third.createdNow).toBe(true);
    expect(existsSync(join(third.path, "later.txt"))).toBe(true);
  });

  it("R-201 finds its workspaces again when the records are lost", async () => {
    const first = await new WorkspaceManager(scratch.config()).prepare(order, calm);
    rmSync(join(scratch.stateDir, "workspace-records"), { recursive: true });
    scratch.commit("later.txt", "later\n");
    const again = await new WorkspaceManager(scratch.config()).prepare(order, calm);
    expect(again).toEqual(foundAgain(first));
  });

  it("R-201 a root that is changed later moves no workspace", async () => {
    const first = await new WorkspaceManager(scratch.config()).prepare(order, calm);
    const moved = new WorkspaceManager(scratch.config({ root: join(scratch.folder, "other") }));
    expect(await moved.prepare(order, calm)).toEqual(foundAgain(first));
  });

  it("R-217 a symlinked root works", async () => {
    const real = join(scratch.folder, "real");
    mkdirSync(real);
    symlinkSync(real, scratch.root);
    const manager = new WorkspaceManager(scratch.config());
    const workspace = await manager.prepare(order, calm);
    expect(workspace.path).toBe(join(realpathSync(scratch.root), "add-login"));
    await assertSafeWorkspace(workspace);
    await manager.remove(workspace, calm);
    expect(readdirSync(real)).toEqual([]);
  });

  it("R-221 prepares and removes hostile identifiers inside the root", async () => {
    const manager = new WorkspaceManager(scratch.config());
    for (const identifier of [
      "",
      ".",
      "..",
      "-rf",
      "a\0b",
      "../../x",
      "ü/日本",
      "y".repeat(10_000),
    ]) {
      const workspace = await manager.prepare({ issueId: "i", identifier }, calm);
      expect(readdirSync(scratch.root)).toEqual([workspace.key]);
      await manager.remove(workspace, calm);
    }
    expect(existsSync(scratch.root)).toBe(true);
  });
});

describe("what stands in the way", () => {
  it("R-204 a file at the path is refused and stays", async () => {
    scratch.write(join(scratch.root, "add-login"), "a file");
    await expect(new WorkspaceManager(scratch.config()).prepare(order, calm)).rejects.toMatchObject(
      {
        code: "workspace_occupied",
        message: expect.stringMatching(/add-login.*is not a folder/),
      },
    );
    expect(readFileSync(join(scratch.root, "add-login"), "utf8")).toBe("a file");
  });

  it("R-204 a folder of somebody else is refused and stays", async () => {
    const file = join(scratch.root, "add-login", "notes.txt");
    for (const kind of ["git", "folder"] as const) {
      scratch.write(file, "notes");
      const manager = new WorkspaceManager(scratch.config({ kind }));
      await expect(manager.prepare(order, calm)).rejects.toMatchObject({
        code: "workspace_occupied",
      });
      expect(readFileSync(file, "utf8")).toBe("notes");
    }
  });

  it("R-216 a symlink is refused at create, launch and remove, and nothing behind it is touched", async () => {
    const outside = join(scratch.folder, "outside");
    scratch.write(join(outside, "precious.txt"), "precious");
    mkdirSync(scratch.root);
    symlinkSync(outside, join(scratch.root, "add-login"));
    const manager = new WorkspaceManager(scratch.config());
    const refusal = {
      code: "workspace_unsafe_path",
      message: expect.stringMatching(/symbolic link/),
    };
    await expect(manager.prepare(order, calm)).rejects.toMatchObject(refusal);

    const workspace = await manager.prepare({ issueId: "2", identifier: "other" }, calm);
    rmSync(workspace.path, { recursive: true });
    symlinkSync(outside, workspace.path);
    await expect(assertSafeWorkspace(workspace)).rejects.toMatchObject(refusal);
    await expect(manager.fingerprint(workspace, calm)).rejects.toMatchObject(refusal);
    await expect(manager.remove(workspace, calm)).rejects.toMatchObject(refusal);
    expect(readFileSync(join(outside, "precious.txt"), "utf8")).toBe("precious");
  });

  it("R-213 R-214 only a folder directly below its root passes the check before a launch", async () => {
    const path = join(scratch.root, "add-login");
    const location = { identifier: "add-login", key: "add-login", path };
    const code = "workspace_unsafe_path";
    await expect(assertSafeWorkspace(location)).rejects.toMatchObject({ code });
    mkdirSync(path, { recursive: true });
    await assertSafeWorkspace(location);
    for (const wrong of [
      { key: "..", path: join(scratch.root, "..") },
      { key: "", path: scratch.root },
      { key: "add-login", path: `${scratch.root}/x/../add-login` },
      { key: "add-login", path: scratch.root },
      { key: "add-login", path: "add-login" },
    ]) {
      await expect(assertSafeWorkspace({ ...location, ...wrong })).rejects.toMatchObject({ code });
    }
  });

  it("a second issue whose key is the same on this disk is refused", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const { path } = await manager.prepare(order, calm);
    const record = join(scratch.stateDir, "workspace-records", "add-login.json");
    writeFileSync(record, readFileSync(record, "utf8").replace("add-login", "Add-Login"));
    await expect(manager.prepare(order, calm)).rejects.toMatchObject({
      code: "workspace_occupied",
      message: expect.stringMatching(/belongs to issue "Add-Login"/),
    });
    expect(existsSync(path)).toBe(true);
  });
});
