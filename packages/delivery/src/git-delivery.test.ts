import { chmodSync, existsSync, mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

describe("GitDelivery", () => {
  it("R-1001 with kind none there is nothing to hand over", async () => {
    const workspace = scratch.workspace("login");
    const delivery = new GitDelivery(scratch.config({ kind: "none" }));
    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual({
      kind: "delivered",
      commit: null,
      branch: null,
      notes: [],
    });
  });

  it("R-1001 refuses a kind that it does not have, naming those it has", () => {
    expect(() => new GitDelivery(scratch.config({ kind: "pull-request" }))).toThrow(
      expect.objectContaining({
        code: "workflow_invalid",
        remedy: "Set delivery.kind to none, branch or merge.",
      }),
    );
  });

  it("says that a plain folder has no branch", async () => {
    const workspace = { ...scratch.workspace("login"), branch: null, baseCommit: null };
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      retryable: false,
      message: expect.stringMatching(/plain folder/),
    });
  });

  it("says what is gone: the repository, the mirror, the branch", async () => {
    const workspace = scratch.workspace("login");
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
    const deliver = () => delivery.deliver(scratch.order(workspace), calm);
    git(workspace.path, "switch", "--quiet", "--detach");
    git(scratch.mirror, "branch", "--quiet", "-D", "signalbox/login");
    expect(await deliver()).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/branch .* does not exist/),
    });
    renameSync(scratch.mirror, `${scratch.mirror}.away`);
    expect(await deliver()).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/mirror .* is gone/),
    });
    renameSync(scratch.repository, `${scratch.repository}.away`);
    expect(await deliver()).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/repository .* is gone/),
    });
  });

  it("runs no hook that an agent may have written", async () => {
    const workspace = scratch.workspace("login");
    const ran = join(scratch.folder, "ran");
    for (const hooks of [join(scratch.mirror, "hooks"), join(scratch.repository, ".git/hooks")]) {
      mkdirSync(hooks, { recursive: true });
      for (const name of ["post-checkout", "post-merge", "pre-push", "reference-transaction"]) {
        scratch.write(join(hooks, name), `#!/bin/sh\ntouch ${ran}\n`);
        chmodSync(join(hooks, name), 0o755);
      }
    }
    git(
      workspace.path,
      "-c",
      "core.hooksPath=/dev/null",
      "commit",
      "-q",
      "--allow-empty",
      "-m",
      "x",
    );
    scratch.write(join(workspace.path, "a.txt"), "a\n");
    git(workspace.path, "add", "--all");
    git(workspace.path, "-c", "core.hooksPath=/dev/null", "commit", "-q", "-m", "Write a.txt");
    const config = scratch.config({ kind: "merge", check: ["true"] });

    const result = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(result).toMatchObject({ kind: "delivered" });
    expect(existsSync(ran)).toBe(false);
  });

  it("R-1008 finds merged and branched results by their trailers, whatever the identifier", async () => {
    const merged = { ...scratch.workspace("odd"), identifier: "ü 100%\n\nSigned-off-by: x\u0000-" };
    const branched = scratch.workspace("-n");
    for (const workspace of [merged, branched]) {
      scratch.commit(`${workspace.key}.txt`, "done\n", workspace.path);
    }
    const title = "--title\n\nSignalbox-Issue: other";
    const merge = new GitDelivery(scratch.config({ kind: "merge" }));
    await merge.deliver(scratch.order(merged, title), calm);
    const branch = new GitDelivery(scratch.config({ kind: "branch" }));
    await branch.deliver(scratch.order(branched), calm);

    const main = git(scratch.repository, "rev-parse", "main");
    const other = git(scratch.repository, "rev-parse", "signalbox/-n");
    expect(await merge.findDelivered(calm)).toEqual(
      new Map([
        [merged.identifier, main],
        [branched.identifier, other],
      ]),
    );
    expect(git(scratch.repository, "show", "-s", "--format=%s", main)).toBe(
      "Merge ü 100% Signed-off-by: x -: --title Signalbox-Issue: other",
    );
  });

  it.each(["merge", "branch", "branch, merged by a person"])(
    "takes no agent's word for what was delivered: %s",
    async (how) => {
      const workspace = scratch.workspace("login");
      const forged = "Work\n\nSignalbox-Issue: login\nSignalbox-Issue: other\n";
      for (const name of ["a", "b"]) {
        scratch.commit(`${name}.txt`, "a\n", workspace.path);
        git(workspace.path, "commit", "--quiet", "--amend", "-m", forged);
      }
      const delivery = new GitDelivery(scratch.config({ kind: how === "merge" ? how : "branch" }));
      const result = await delivery.deliver(scratch.order(workspace), calm);
      if (how.endsWith("person")) {
        git(scratch.repository, "checkout", "--quiet", "-b", "topic");
        git(scratch.repository, "merge", "--quiet", "--no-ff", "-m", "One", "signalbox/login");
        git(scratch.repository, "checkout", "--quiet", "main");
        git(scratch.repository, "merge", "--quiet", "--no-ff", "-m", "Two", "topic");
        git(scratch.repository, "branch", "--quiet", "-D", "topic", "signalbox/login");
      }
      if (result.kind !== "delivered") throw new Error(result.kind);
      expect(await delivery.findDelivered(calm)).toEqual(new Map([["login", result.commit]]));
    },
  );

  it("finds what was delivered into a base that somebody has merged into another", async () => {
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }));
    const start = git(scratch.repository, "rev-parse", "main");
    for (const key of ["one", "two"]) {
      const workspace = scratch.workspace(key);
      scratch.commit(`${key}.txt`, "done\n", workspace.path);
      await delivery.deliver(scratch.order(workspace), calm);
    }
    git(scratch.repository, "checkout", "--quiet", "-b", "mine", start);
    scratch.commit("mine.txt", "mine\n");
    git(scratch.repository, "merge", "--quiet", "-m", "Theirs", "main");
    git(scratch.repository, "branch", "--quiet", "-M", "mine", "main");
    expect([...(await delivery.findDelivered(calm)).keys()].toSorted()).toEqual(["one", "two"]);
  });

  it("works from a folder inside the repository", async () => {
    scratch.commit("inner/x.txt", "x\n");
    const workspace = scratch.workspace("login");
    scratch.commit("a.txt", "a\n", workspace.path);
    const config = scratch.config({ kind: "branch" }, join(scratch.repository, "inner"));
    expect(await new GitDelivery(config).deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "delivered",
    });
  });

  it("takes the default branch where none is named, and says when HEAD names none", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("a.txt", "a\n", workspace.path);
    const config = scratch.config({ kind: "merge" });
    const delivery = new GitDelivery({ ...config, workspace: { ...config.workspace, base: null } });
    git(scratch.repository, "switch", "--quiet", "--detach");
    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      message: expect.stringMatching(/detached HEAD.*Set workspace\.base/),
    });
    git(scratch.repository, "switch", "--quiet", "main");
    expect(await delivery.deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "delivered",
      branch: "main",
    });
  });
});
