import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { withFileLock } from "./file-lock.ts";
import { WorkspaceManager } from "./index.ts";

const order = { issueId: "id-1", identifier: "add-login" };
let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

describe("after a kill", () => {
  it("R-218 a half-made worktree is made anew", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const workspace = await manager.prepare(order, calm);
    // Its record is written when it is whole.
    rmSync(join(scratch.stateDir, "workspace-records/add-login.json"));
    writeFileSync(join(scratch.stateDir, "worktrees/add-login/locked"), "initializing");
    rmSync(join(workspace.path, "README.md"));
    expect(await manager.prepare(order, calm)).toEqual({ ...workspace, createdNow: true });
    expect(existsSync(join(workspace.path, "README.md"))).toBe(true);
  });

  it("R-218 a record of an earlier workspace does not tell of one that is being made", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const workspace = await manager.prepare(order, calm);
    rmSync(workspace.path, { recursive: true });
    const making = manager.prepare(order, calm);
    const mark = join(scratch.stateDir, "worktrees/add-login/locked");
    while (!existsSync(mark)) await new Promise((resolve) => setImmediate(resolve));
    expect(readdirSync(join(scratch.stateDir, "workspace-records"))).toEqual([]);
    expect((await making).createdNow).toBe(true);
  });

  it("a lock of git that a killed agent left in its worktree does not keep the next one from committing", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const workspace = await manager.prepare(order, calm);
    const gitDir = join(scratch.stateDir, "worktrees/add-login");
    for (const name of ["index.lock", "HEAD.lock"]) writeFileSync(join(gitDir, name), "");
    writeFileSync(join(scratch.mirror, "refs/heads/signalbox/add-login.lock"), "");
    expect(await manager.prepare(order, calm)).toMatchObject({ createdNow: false });
    scratch.commit("a.txt", "a\n", workspace.path);
    expect(await manager.fingerprint(workspace, calm)).toMatchObject({ commitsAhead: 1 });
  });

  it("R-218 an empty folder, and an entry of the mirror without a folder, are no obstacle", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.prepare({ issueId: "0", identifier: "zero" }, calm);
    mkdirSync(join(scratch.root, "add-login"));
    mkdirSync(join(scratch.stateDir, "worktrees/add-login"));
    expect((await manager.prepare(order, calm)).createdNow).toBe(true);
  });

  it("an unfinished mirror is removed and made anew", async () => {
    scratch.write(join(scratch.stateDir, "mirror.git.0.tmp/HEAD"), "ref: refs/heads/x");
    await new WorkspaceManager(scratch.config()).prepare(order, calm);
    expect(readdirSync(scratch.stateDir).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it("a lock of git in the mirror goes when no git is alive that could have made it", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.prepare(order, calm);
    const commit = scratch.commit("later.txt", "later\n");
    const lock = join(scratch.mirror, "refs/remotes/origin/main.lock");
    writeFileSync(lock, "");
    const next = { issueId: "2", identifier: "next" };
    const refused = { code: "workspace_git", retryable: true };
    await expect(manager.prepare(next, calm)).rejects.toMatchObject(refused);
    const earlier = Date.now() / 1_000 - 50;
    utimesSync(lock, earlier, earlier);
    expect((await manager.prepare(next, calm)).baseCommit).toBe(commit);
  });

  it("a lock of git in the mirror that is older than a minute goes, whoever lives", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.prepare(order, calm);
    const commit = scratch.commit("later.txt", "later\n");
    const lock = join(scratch.mirror, "refs/remotes/origin/main.lock");
    writeFileSync(lock, "");
    utimesSync(lock, 1, 1);
    const next = { issueId: "2", identifier: "next" };
    expect((await manager.prepare(next, calm)).baseCommit).toBe(commit);
  });
});

describe("locks of git in the mirror that were left behind", () => {
  it.each(["packed-refs.lock", "refs/heads/signalbox/add-login.lock"])(
    "%s keeps no workspace from being made, taken away and made anew",
    async (name) => {
      const manager = new WorkspaceManager(scratch.config());
      const lock = join(scratch.mirror, name);
      const leave = (): void => {
        mkdirSync(join(lock, ".."), { recursive: true });
        writeFileSync(lock, "");
        utimesSync(lock, 1, 1);
      };
      await manager.prepare({ issueId: "0", identifier: "earlier" }, calm);
      leave();
      const first = await manager.prepare(order, calm);
      leave();
      await manager.remove(first, calm);
      leave();
      expect((await manager.prepare(order, calm)).path).toBe(first.path);
    },
  );
});

describe("the lock between processes", () => {
  const holder = `
    import { withFileLock } from ${JSON.stringify(new URL("file-lock.ts", import.meta.url).href)};
    await withFileLock(process.argv[2], 10_000, AbortSignal.timeout(60_000), () => {
      process.send("held");
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;

  it("R-224 excludes others, and goes with the process that held it", async () => {
    const path = join(scratch.folder, "lock");
    const program = join(scratch.folder, "holder.mjs");
    writeFileSync(program, holder);
    const child = fork(program, [path], { execArgv: ["--conditions=@signalbox/source"] });
    await once(child, "message");
    const take = (waitMs: number) =>
      withFileLock(path, waitMs, calm, () => Promise.resolve("mine"));
    await expect(take(60)).rejects.toMatchObject({ code: "workspace_git", retryable: true });
    child.kill("SIGKILL");
    await once(child, "exit");
    expect(await take(5_000)).toBe("mine");
  });

  it("R-224 lets one in at a time within a process, and the next one after a failure", async () => {
    const path = join(scratch.folder, "lock");
    let inside = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      expect(inside).toBe(1);
      await new Promise(setImmediate);
      inside -= 1;
    };
    await Promise.all([1, 2, 3].map(() => withFileLock(path, 10_000, calm, work)));
    const failed = withFileLock(path, 1_000, calm, () => Promise.reject(new Error("inside")));
    await expect(failed).rejects.toThrow("inside");
    await withFileLock(path, 1_000, calm, work);
  });

  it("an abort ends the wait", async () => {
    const path = join(scratch.folder, "lock");
    await withFileLock(path, 0, calm, async () => {
      const waiting = withFileLock(path, 60_000, AbortSignal.timeout(50), () => Promise.resolve());
      await expect(waiting).rejects.toThrow("aborted");
    });
  });
});

it("keeps the mirror usable by git itself", async () => {
  const manager = new WorkspaceManager(scratch.config());
  const workspace = await manager.prepare(order, calm);
  scratch.commit("a.txt", "a\n", workspace.path);
  git(scratch.mirror, "gc", "--quiet", "--prune=now");
  expect(await manager.fingerprint(workspace, calm)).toMatchObject({ commitsAhead: 1 });
});
