import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeliveryResult, WorkspaceRef } from "@signalbox/contracts";
import { CheckoutTrap } from "./__fixtures__/checkout-trap.ts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";
import { noteFile, writeNote } from "./move-note.ts";

let scratch: Scratch;
let trap: CheckoutTrap;
beforeEach(() => {
  scratch = new Scratch();
  trap = new CheckoutTrap(scratch);
  for (const name of ["a", "b", "c"]) scratch.commit(`${name}.txt`, `${name}, first\n`);
});
afterEach(() => scratch.dispose());

/** Changes, adds and deletes; git writes a.txt, b.txt and new/d.txt in this order. */
function work(): WorkspaceRef {
  const workspace = scratch.workspace("login");
  scratch.write(join(workspace.path, "a.txt"), "a, second\n");
  scratch.write(join(workspace.path, "b.txt"), "b, second\n");
  rmSync(join(workspace.path, "c.txt"));
  scratch.commit("new/d.txt", "d\n", workspace.path);
  return workspace;
}

function deliver(workspace: WorkspaceRef): Promise<DeliveryResult> {
  return new GitDelivery(scratch.config({ kind: "merge" })).deliver(scratch.order(workspace), calm);
}

function read(file: string): string | null {
  const path = join(scratch.repository, file);
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

function lockOf(name = "index"): string {
  return join(scratch.repository, ".git", `${name}.lock`);
}

function expectDelivered(result: DeliveryResult): void {
  expect(result).toMatchObject({ kind: "delivered" });
  expect(git(scratch.repository, "status", "--porcelain")).toBe("");
  expect(["a.txt", "b.txt", "c.txt", "new/d.txt"].map(read)).toEqual([
    "a, second\n",
    "b, second\n",
    null,
    "d\n",
  ]);
  expect(existsSync(lockOf())).toBe(false);
  expect(git(scratch.repository, "log", "--merges", "--format=%s")).toBe("Merge login: A title");
}

describe("a git that dies while it moves the user's checkout", () => {
  it("is followed by another", async () => {
    const workspace = work();
    trap.arm(2);
    const result = await deliver(workspace);
    expect(result).toMatchObject({ kind: "delivered" });
    expectDelivered(result);
  });

  it.each([1, 2, 3])("with its daemon at file %i leaves nothing to a person", async (nth) => {
    const workspace = work();
    const before = git(scratch.repository, "rev-parse", "HEAD");
    expect(await trap.dieWith(workspace, nth, "git dies")).toBe("SIGKILL");
    expect(existsSync(lockOf())).toBe(true);
    expect(git(scratch.repository, "rev-parse", "HEAD")).toBe(before);
    expectDelivered(await deliver(workspace));
  });

  it("R-1001 leaves what a person has edited since, and all else is back", async () => {
    const workspace = work();
    await trap.dieWith(workspace, 3, "git dies");
    expect(read("a.txt")).toBe("a, second\n");
    writeFileSync(join(scratch.repository, "b.txt"), "b, by hand\n");

    expect(await deliver(workspace)).toMatchObject({
      kind: "waiting",
      reason: expect.stringContaining("b.txt"),
    });
    expect(["a.txt", "b.txt", "c.txt", "new/d.txt"].map(read)).toEqual([
      "a, first\n",
      "b, by hand\n",
      "c, first\n",
      null,
    ]);
    expect(git(scratch.repository, "status", "--porcelain")).toBe(" M b.txt");
    git(scratch.repository, "restore", "b.txt");
    expectDelivered(await deliver(workspace));
  });

  it("leaves a file that a person has cut short, and takes one back that it had just begun", async () => {
    const workspace = work();
    await trap.dieWith(workspace, 1, "git dies");
    // The file that stood there before git began, and one that has just been made.
    writeFileSync(join(scratch.repository, "b.txt"), "b");
    scratch.write(join(scratch.repository, "new/d.txt"), "");

    expect(await deliver(workspace)).toMatchObject({ kind: "waiting" });
    expect(read("b.txt")).toBe("b");
    expect(read("new/d.txt")).toBeNull();
  });

  it("is waited for where it lives on without its daemon", async () => {
    const workspace = work();
    await trap.dieWith(workspace, 2, "git goes on");
    expect(await deliver(workspace)).toMatchObject({
      kind: "failed",
      retryable: true,
      message: expect.stringMatching(/is being moved/),
    });
    await trap.letGo();
    expectDelivered(await deliver(workspace));
  });

  it("has its branch moved on where it had written every file", async () => {
    const workspace = work();
    const from = git(scratch.repository, "rev-parse", "HEAD");
    git(scratch.repository, "fetch", "--quiet", scratch.mirror, `signalbox/${workspace.key}`);
    const message = "Merge login: A title\n\nSignalbox-Issue: login";
    const tree = git(scratch.repository, "rev-parse", "FETCH_HEAD^{tree}");
    const args = ["commit-tree", tree, "-p", from, "-p", "FETCH_HEAD", "-m", message];
    const to = git(scratch.repository, ...args);
    git(scratch.mirror, "fetch", "--quiet", scratch.repository, to);
    const note = { path: scratch.repository, branch: "main", from, to };
    await writeNote(noteFile(scratch.stateDir, scratch.repository), note);
    git(scratch.repository, "read-tree", "-m", "-u", from, to);
    for (const name of ["HEAD", "ORIG_HEAD", "refs/heads/main"]) writeFileSync(lockOf(name), "");

    expectDelivered(await deliver(workspace));
    expect(git(scratch.repository, "rev-parse", "HEAD")).toBe(to);
  });
});

async function noteOfNow(): Promise<void> {
  const from = git(scratch.repository, "rev-parse", "HEAD");
  const note = { path: scratch.repository, branch: "main", from, to: from };
  await writeNote(noteFile(scratch.stateDir, scratch.repository), note);
}

describe("a lock in the user's repository", () => {
  it("stays where it is older than the move that was given up", async () => {
    const workspace = work();
    await noteOfNow();
    writeFileSync(lockOf(), "");
    utimesSync(lockOf(), new Date(0), new Date(0));
    expect(await deliver(workspace)).toMatchObject({ kind: "failed", retryable: true });
    expect(existsSync(lockOf())).toBe(true);
  });

  it("stays while somebody has it open", async () => {
    const workspace = work();
    await noteOfNow();
    const file = openSync(lockOf(), "w");
    const holder = spawn("sleep", ["60"], { stdio: ["ignore", "ignore", file] });
    await once(holder, "spawn");
    closeSync(file);
    expect(await deliver(workspace)).toMatchObject({ kind: "failed", retryable: true });
    holder.kill("SIGKILL");
    await once(holder, "exit");
    expectDelivered(await deliver(workspace));
  });
});
