import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DeliveryResult } from "@signalbox/contracts";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

function head(branch = "main"): string {
  return git(scratch.repository, "rev-parse", branch);
}

function deliveredCommit(result: DeliveryResult): string {
  if (result.kind !== "delivered" || result.commit === null) {
    throw new Error(`not delivered: ${JSON.stringify(result)}`);
  }
  return result.commit;
}

describe("delivery.kind merge", () => {
  it("pushes to a bare repository and to a URL", async () => {
    const bare = join(scratch.folder, "bare.git");
    git(scratch.folder, "clone", "--quiet", "--bare", scratch.repository, bare);
    for (const [key, repository] of [
      ["one", bare],
      ["two", `file://${bare}`],
    ] as const) {
      const workspace = scratch.workspace(key);
      git(scratch.mirror, "config", "remote.origin.url", repository);
      scratch.commit(`${key}.txt`, "done\n", workspace.path);
      const delivery = new GitDelivery(scratch.config({ kind: "merge" }, repository));
      const result = await delivery.deliver(scratch.order(workspace), calm);
      expect(git(bare, "rev-parse", "main")).toBe(deliveredCommit(result));
      git(scratch.mirror, "config", "remote.origin.url", scratch.repository);
    }
  });

  it("R-1006 deliveries at the same time are merged one after the other", async () => {
    const keys = ["a", "b", "c", "d", "e"];
    const workspaces = keys.map((key) => scratch.workspace(key));
    for (const workspace of workspaces) {
      scratch.commit(`${workspace.key}.txt`, "done\n", workspace.path);
    }
    const config = scratch.config({ kind: "merge", check: ["test", "-f", "README.md"] });

    const results = await Promise.all(
      workspaces.map((workspace) =>
        new GitDelivery(config).deliver(scratch.order(workspace), calm),
      ),
    );

    for (const result of results) expect(result).toMatchObject({ kind: "delivered" });
    for (const key of keys) expect(existsSync(join(scratch.repository, `${key}.txt`))).toBe(true);
    const merges = git(
      scratch.repository,
      "rev-list",
      "--merges",
      "--count",
      "--first-parent",
      "main",
    );
    expect(merges).toBe("5");
    expect(git(scratch.repository, "status", "--porcelain")).toBe("");
  });

  it("R-1006 a conflict goes back with its files, and nothing is changed", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("README.md", "by the agent\n", workspace.path);
    const before = scratch.commit("README.md", "by the user\n");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    const result = await delivery.deliver(scratch.order(workspace), calm);

    expect(result).toMatchObject({ kind: "conflict", files: ["README.md"] });
    expect(result.kind === "conflict" && result.detail).toMatch(/CONFLICT \(content\)/);
    expect(head()).toBe(before);
  });

  it("R-1002 a branch without commits, and one without changes, is an empty result", async () => {
    const none = scratch.workspace("none");
    const nothing = scratch.workspace("nothing");
    git(nothing.path, "commit", "--quiet", "--allow-empty", "-m", "Nothing");
    scratch.write(join(none.path, "uncommitted.txt"), "x\n");
    const before = head();
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(none), calm)).toEqual({ kind: "empty" });
    expect(await delivery.deliver(scratch.order(nothing), calm)).toEqual({ kind: "empty" });
    expect(head()).toBe(before);
  });

  it("R-1008 the same order after a crash finds what the first one did", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    const config = scratch.config({ kind: "merge" });
    const first = await new GitDelivery(config).deliver(scratch.order(workspace), calm);
    scratch.commit("later.txt", "later\n");

    const second = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(second).toEqual(first);
  });

  it("says which branch is missing", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    const delivery = new GitDelivery(scratch.config({ kind: "merge", into: "release" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      retryable: false,
      message: expect.stringMatching(/no branch "release" to deliver into/),
    });
  });

  it("R-1006 shows the agent, as origin/main, what its work has to fit to", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("README.md", "by the agent\n", workspace.path);
    const base = scratch.commit("README.md", "by the user\n");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    await delivery.deliver(scratch.order(workspace), calm);

    expect(git(workspace.path, "rev-parse", "origin/main")).toBe(base);
  });

  it("R-1006 a branch that shares no commit with its base goes back", async () => {
    const workspace = scratch.workspace("login");
    git(workspace.path, "checkout", "--quiet", "--orphan", "fresh");
    scratch.commit("a.txt", "a\n", workspace.path);
    git(workspace.path, "branch", "--quiet", "--force", "signalbox/login", "fresh");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "conflict",
      detail: expect.stringMatching(/shares no commit/),
    });
  });

  it("R-1002 delivers into another branch only what stands on the workspace's", async () => {
    git(scratch.repository, "branch", "release");
    scratch.commit("unreleased.txt", "x\n");
    const idle = scratch.workspace("idle");
    const delivery = new GitDelivery(scratch.config({ kind: "merge", into: "release" }));
    expect(await delivery.deliver(scratch.order(idle), calm)).toEqual({ kind: "empty" });
  });

  it("says what a hook of the repository objects to", async () => {
    const bare = join(scratch.folder, "bare.git");
    git(scratch.folder, "clone", "--quiet", "--bare", scratch.repository, bare);
    scratch.write(join(bare, "hooks/update"), "#!/bin/sh\necho frozen >&2\nexit 1\n");
    chmodSync(join(bare, "hooks/update"), 0o755);
    const workspace = scratch.workspace("login");
    scratch.commit("a.txt", "a\n", workspace.path);
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }, bare));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      retryable: false,
      message: expect.stringMatching(/refused the push to main: .*hook declined/),
    });
  });

  it("merges what the commits hold, not what an agent made git show instead", async () => {
    const workspace = scratch.workspace("login");
    const shown = scratch.commit("shown.txt", "a\n", workspace.path);
    git(workspace.path, "reset", "--quiet", "--hard", "HEAD~1");
    const real = scratch.commit("real.txt", "a\n", workspace.path);
    git(workspace.path, "replace", real, shown);
    const config = scratch.config({ kind: "merge", check: ["test", "-f", "real.txt"] });

    const result = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(result).toMatchObject({ kind: "delivered" });
    expect(existsSync(join(scratch.repository, "real.txt"))).toBe(true);
  });
});
