import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

describe("the user's checkout", () => {
  it("R-1007 a checkout of the base follows it, and other uncommitted files stay as they are", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    scratch.write(join(scratch.repository, "README.md"), "edited by hand\n");
    scratch.write(join(scratch.repository, "new.txt"), "not added\n");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    const result = await delivery.deliver(scratch.order(workspace, "Add a login"), calm);

    expect(result).toMatchObject({ kind: "delivered", branch: "main", notes: [] });
    expect(head()).toBe(deliveredCommit(result));
    expect(readFileSync(join(scratch.repository, "login.txt"), "utf8")).toBe("done\n");
    expect(readFileSync(join(scratch.repository, "README.md"), "utf8")).toBe("edited by hand\n");
    expect(git(scratch.repository, "status", "--porcelain")).toBe(" M README.md\n?? new.txt");
    expect(git(scratch.repository, "show", "-s", "--format=%B")).toBe(
      "Merge login: Add a login\n\nSignalbox-Issue: login",
    );
  });

  it("R-1007 an uncommitted file in the way makes it wait, and it goes on once that is gone", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("README.md", "by the agent\n", workspace.path);
    scratch.commit("login.txt", "done\n", workspace.path);
    scratch.write(join(scratch.repository, "README.md"), "edited by hand\n");
    scratch.write(join(scratch.repository, "login.txt"), "not added\n");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
    const before = head();

    const result = await delivery.deliver(scratch.order(workspace), calm);

    expect(result).toMatchObject({
      kind: "waiting",
      remedy: "Commit them, stash them or move them away.",
    });
    expect(result.kind === "waiting" && result.reason).toMatch(/README\.md/);
    expect(head()).toBe(before);
    expect(readFileSync(join(scratch.repository, "README.md"), "utf8")).toBe("edited by hand\n");
    expect(readFileSync(join(scratch.repository, "login.txt"), "utf8")).toBe("not added\n");

    git(scratch.repository, "restore", "README.md");
    rmSync(join(scratch.repository, "login.txt"));
    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "delivered",
    });
  });

  it("R-1001 an ignored file of the user's is in the way like any other", async () => {
    scratch.commit(".gitignore", ".env\n");
    const workspace = scratch.workspace("env");
    git(workspace.path, "rm", "--quiet", ".gitignore");
    scratch.commit(".env", "by the agent\n", workspace.path);
    scratch.write(join(scratch.repository, ".env"), "secret of the user\n");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "waiting",
    });
    expect(readFileSync(join(scratch.repository, ".env"), "utf8")).toBe("secret of the user\n");
  });

  it("R-1001 stashes nothing, whatever the user's configuration says", async () => {
    git(scratch.repository, "config", "merge.autoStash", "true");
    const workspace = scratch.workspace("stash");
    scratch.commit("README.md", "by the agent\n", workspace.path);
    scratch.write(join(scratch.repository, "README.md"), "edited by hand\n");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "waiting",
    });
    expect(readFileSync(join(scratch.repository, "README.md"), "utf8")).toBe("edited by hand\n");
  });

  it("moves a base that is not checked out and touches no file", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    git(scratch.repository, "switch", "--quiet", "--create", "mine");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    const result = await delivery.deliver(scratch.order(workspace), calm);

    expect(head("main")).toBe(deliveredCommit(result));
    expect(existsSync(join(scratch.repository, "login.txt"))).toBe(false);
    expect(git(scratch.repository, "status", "--porcelain", "--branch")).toBe("## mine");
  });

  it("works while the repository's HEAD is detached", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    git(scratch.repository, "checkout", "--quiet", "--detach");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    const result = await delivery.deliver(scratch.order(workspace), calm);

    expect(head("main")).toBe(deliveredCommit(result));
    expect(existsSync(join(scratch.repository, "login.txt"))).toBe(false);
  });

  it("updates another worktree of the repository that has the base checked out", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    git(scratch.repository, "switch", "--quiet", "--create", "mine");
    const other = join(scratch.folder, "other");
    git(scratch.repository, "worktree", "add", "--quiet", other, "main");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "delivered",
    });
    expect(existsSync(join(other, "login.txt"))).toBe(true);
  });

  it("waits while the base is being rebased", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    git(scratch.repository, "switch", "--quiet", "--create", "mine");
    scratch.commit("README.md", "mine\n");
    git(scratch.repository, "switch", "--quiet", "main");
    const before = scratch.commit("README.md", "main\n");
    expect(() => git(scratch.repository, "rebase", "mine")).toThrow(/conflict/i);
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "waiting",
      remedy: "Finish that, or check out another branch.",
    });
    git(scratch.repository, "rebase", "--abort");
    expect(head("main")).toBe(before);
  });

  it("reports a locked index of the user's as something to try again", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    const lock = join(scratch.repository, ".git", "index.lock");
    writeFileSync(lock, "");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      retryable: true,
      message: expect.stringMatching(/index\.lock/),
    });
    rmSync(lock);
    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "delivered",
    });
  });

  it("waits while a merge of the user's is going on", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    git(scratch.repository, "switch", "--quiet", "--create", "mine");
    scratch.commit("README.md", "mine\n");
    git(scratch.repository, "switch", "--quiet", "main");
    const before = scratch.commit("README.md", "main\n");
    expect(() => git(scratch.repository, "merge", "mine")).toThrow(/Command failed/);
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "waiting",
      remedy: "Finish it, or abort it.",
    });
    expect(head()).toBe(before);
  });

  it("waits where the base is checked out in a folder that is gone", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    git(scratch.repository, "switch", "--quiet", "--create", "mine");
    const other = join(scratch.folder, "other");
    git(scratch.repository, "worktree", "add", "--quiet", other, "main");
    rmSync(other, { recursive: true });
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));

    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "waiting",
      reason: expect.stringContaining(other),
    });
  });
});
