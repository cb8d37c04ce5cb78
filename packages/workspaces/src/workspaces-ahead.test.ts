import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { WorkspaceManager } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

const order = { issueId: "id-1", identifier: "add-login" };
const baseOf = (): string => git(scratch.repository, "rev-parse", "HEAD");

describe("expect", () => {
  it("R-202 makes the workspace ahead of time; the first prepare still says that it is new", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.expect([order], calm);
    expect(existsSync(join(scratch.root, "add-login", "README.md"))).toBe(true);
    const made = await manager.prepare(order, calm);
    expect(made).toMatchObject({ ...order, createdNow: true, baseCommit: baseOf() });
    expect(made.fingerprint).toEqual(await manager.fingerprint(made, calm));
    expect((await manager.prepare(order, calm)).createdNow).toBe(false);
  });

  it("a base that has moved since is what the workspace starts from", async () => {
    const manager = new WorkspaceManager(scratch.config());
    await manager.expect([order], calm);
    scratch.commit("later.txt", "later\n");
    const made = await manager.prepare(order, calm);
    expect(made).toMatchObject({ createdNow: true, baseCommit: baseOf() });
    expect(existsSync(join(made.path, "later.txt"))).toBe(true);
    await manager.expect([{ issueId: "id-2", identifier: "two" }], calm);
    scratch.commit("latest.txt", "latest\n");
    await manager.expect([{ issueId: "id-2", identifier: "two" }], calm);
    expect(existsSync(join(scratch.root, "two", "latest.txt"))).toBe(true);
  });

  it("undoes what is not expected any more, and nothing else", async () => {
    const manager = new WorkspaceManager(scratch.config());
    const used = await manager.prepare({ issueId: "id-0", identifier: "used" }, calm);
    writeFileSync(join(used.path, "work.txt"), "work\n");
    await manager.expect([order, { issueId: "id-0", identifier: "used" }], calm);
    await manager.expect([], calm);
    expect(existsSync(join(scratch.root, "add-login"))).toBe(false);
    expect(git(scratch.mirror, "branch", "--list", "signalbox/add-login")).toBe("");
    expect(existsSync(join(used.path, "work.txt"))).toBe(true);
  });

  it("R-218 after a crash, what was made ahead is made anew, from the base as it is then", async () => {
    await new WorkspaceManager(scratch.config()).expect([order], calm);
    scratch.commit("later.txt", "later\n");
    const made = await new WorkspaceManager(scratch.config()).prepare(order, calm);
    expect(made).toMatchObject({ createdNow: true, baseCommit: baseOf() });
    expect(existsSync(join(made.path, "later.txt"))).toBe(true);
  });

  it("R-205 makes nothing ahead where after_create has to run", async () => {
    const hooks = { ...scratch.config().hooks, afterCreate: "echo ran > ran.txt" };
    const manager = new WorkspaceManager({ ...scratch.config(), hooks });
    await manager.expect([order], calm);
    expect(existsSync(join(scratch.root, "add-login"))).toBe(false);
  });
});

describe("handOver", () => {
  it("R-202 lets another process have what was made ahead, as new and without looking at it", async () => {
    const daemon = new WorkspaceManager(scratch.config());
    await daemon.expect([order], calm);
    await daemon.handOver(order, calm);
    const runner = new WorkspaceManager(scratch.config());
    const made = await runner.prepare(order, calm);
    expect(made).toMatchObject({ ...order, createdNow: true, baseCommit: baseOf() });
    expect(made.fingerprint).toEqual(await runner.fingerprint(made, calm));
    expect((await runner.prepare(order, calm)).createdNow).toBe(false);
  });

  it("R-225 touches it no more, whatever is expected later", async () => {
    const daemon = new WorkspaceManager(scratch.config());
    await daemon.expect([order], calm);
    await daemon.handOver(order, calm);
    const { path } = await new WorkspaceManager(scratch.config()).prepare(order, calm);
    writeFileSync(join(path, "work.txt"), "work\n");
    await daemon.expect([order], calm);
    await daemon.expect([], calm);
    await daemon.expect([order], calm);
    expect(existsSync(join(path, "work.txt"))).toBe(true);
  });

  it("leaves what is not made yet to the other process", async () => {
    const daemon = new WorkspaceManager(scratch.config());
    await daemon.handOver(order, calm);
    await daemon.expect([order], calm);
    expect(existsSync(join(scratch.root, "add-login"))).toBe(false);
    expect(await new WorkspaceManager(scratch.config()).prepare(order, calm)).toMatchObject({
      createdNow: true,
    });
  });

  it("a base that has moved, or a folder that is gone, is made anew", async () => {
    const daemon = new WorkspaceManager(scratch.config());
    await daemon.expect([order], calm);
    scratch.commit("later.txt", "later\n");
    await daemon.handOver(order, calm);
    const other = { issueId: "id-2", identifier: "two" };
    await daemon.expect([order, other], calm);
    await daemon.handOver(other, calm);
    rmSync(join(scratch.root, "two"), { recursive: true });
    const runner = new WorkspaceManager(scratch.config());
    for (const { path, createdNow } of [
      await runner.prepare(order, calm),
      await runner.prepare(other, calm),
    ]) {
      expect(createdNow).toBe(true);
      expect(existsSync(join(path, "later.txt"))).toBe(true);
    }
  });
});
