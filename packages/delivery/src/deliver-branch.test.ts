import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function inRepository(...args: string[]): string {
  return git(scratch.repository, ...args);
}

describe("delivery.kind branch", () => {
  it("R-1008 the branch arrives with the issue's trailer on its last commit, and nothing else changes", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("one.txt", "1\n", workspace.path);
    const tip = scratch.commit("two.txt", "2\n", workspace.path);
    const main = inRepository("rev-parse", "main");
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));

    const result = await delivery.deliver(scratch.order(workspace), calm);

    const commit = inRepository("rev-parse", "signalbox/login");
    expect(result).toEqual({ kind: "delivered", commit, branch: "signalbox/login", notes: [] });
    expect(inRepository("show", "-s", "--format=%B", commit)).toBe(
      "Write two.txt\n\nSignalbox-Issue: login",
    );
    const same = "--format=%T %P %an %ae %ad %cn %ce %cd";
    expect(inRepository("show", "-s", same, commit)).toBe(
      git(workspace.path, "show", "-s", same, tip),
    );
    expect(inRepository("rev-parse", "main")).toBe(main);
    expect(git(workspace.path, "status", "--porcelain", "--branch")).toBe("## signalbox/login");
  });

  it("R-1001 is delivered once when it is ordered twice, and moves forward with later work", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("one.txt", "1\n", workspace.path);
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));
    const first = await delivery.deliver(scratch.order(workspace), calm);
    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual(first);

    scratch.commit("two.txt", "2\n", workspace.path);
    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "delivered",
    });
    expect(inRepository("log", "--format=%s", "main..signalbox/login")).toBe(
      "Write two.txt\nWrite one.txt",
    );
  });

  it("finds its delivery again after the user merged it", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("one.txt", "1\n", workspace.path);
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));
    await delivery.deliver(scratch.order(workspace), calm);
    const commit = inRepository("rev-parse", "signalbox/login");
    inRepository("merge", "--quiet", "--no-ff", "-m", "Take it", "signalbox/login");
    inRepository("branch", "--quiet", "-D", "signalbox/login");

    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual({
      kind: "delivered",
      commit,
      branch: "main",
      notes: [],
    });
  });

  it("R-1002 a branch without commits is an empty result, whatever lies uncommitted", async () => {
    const workspace = scratch.workspace("login");
    scratch.write(`${workspace.path}/one.txt`, "1\n");
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual({ kind: "empty" });
    expect(inRepository("branch", "--format=%(refname:short)")).toBe("main");
  });

  it("R-1001 a branch of that name with other commits is left alone", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("one.txt", "1\n", workspace.path);
    inRepository("switch", "--quiet", "--create", "signalbox/login");
    const theirs = scratch.commit("theirs.txt", "x\n");
    inRepository("switch", "--quiet", "main");
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual({
      kind: "failed",
      retryable: false,
      message:
        "The repository has a branch signalbox/login with other commits. Delete or rename that branch; nothing is pushed by force.",
    });
    expect(inRepository("rev-parse", "signalbox/login")).toBe(theirs);
  });

  it("says so when a branch signalbox is in the way of the name", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("one.txt", "1\n", workspace.path);
    inRepository("branch", "signalbox");
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      retryable: false,
      message: expect.stringMatching(/'refs\/heads\/signalbox' exists/),
    });
  });

  it("waits while the user has that branch checked out", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("one.txt", "1\n", workspace.path);
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }));
    await delivery.deliver(scratch.order(workspace), calm);
    inRepository("switch", "--quiet", "signalbox/login");
    scratch.commit("two.txt", "2\n", workspace.path);

    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual({
      kind: "waiting",
      reason: `The branch signalbox/login is checked out in ${scratch.repository}.`,
      remedy: "Check out another branch there.",
    });
  });

  it("leaves changes of protected paths out, and they stay uncommitted in the workspace", async () => {
    scratch.commit("docs/roadmap.md", "planned\n");
    const workspace = scratch.workspace("login");
    scratch.commit("docs/roadmap.md", "done\n", workspace.path);
    scratch.commit("one.txt", "1\n", workspace.path);
    const protectedPaths = ["docs/roadmap.md"];
    const delivery = new GitDelivery(scratch.config({ kind: "branch" }), { protectedPaths });

    const result = await delivery.deliver(scratch.order(workspace), calm);

    expect(result).toMatchObject({
      notes: ['Changes to "docs/roadmap.md" were left out: the tracker keeps them.'],
    });
    expect(inRepository("diff", "--name-only", "main", "signalbox/login")).toBe("one.txt");
    expect(git(workspace.path, "status", "--porcelain")).toBe("M  docs/roadmap.md");
  });
});
