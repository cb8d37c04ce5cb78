import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { calm, git, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.dispose());

describe("protected paths", () => {
  it("leaves protected paths as the base has them, also in a conflict", async () => {
    scratch.commit("docs/roadmap.md", "status: planned\n");
    const workspace = scratch.workspace("login");
    scratch.commit("docs/roadmap.md", "status: done\n", workspace.path);
    scratch.commit("login.txt", "done\n", workspace.path);
    scratch.commit("docs/roadmap.md", "status: in-progress\n");
    // The tracker has edited its file again and not committed that.
    scratch.write(join(scratch.repository, "docs/roadmap.md"), "status: other\n");
    const protectedPaths = ["docs/roadmap.md", "docs/absent.md"];
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }), { protectedPaths });

    const result = await delivery.deliver(scratch.order(workspace), calm);

    expect(result).toMatchObject({ kind: "delivered", notes: [expect.stringMatching(/roadmap/)] });
    expect(git(scratch.repository, "show", "main:docs/roadmap.md")).toBe("status: in-progress");
    expect(git(scratch.repository, "status", "--porcelain")).toBe(" M docs/roadmap.md");
  });

  it("a branch that changed nothing but a protected path is empty, also where it made it", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("docs/roadmap.md", "status: done\n", workspace.path);
    const protectedPaths = ["docs/roadmap.md"];
    const delivery = new GitDelivery(scratch.config({ kind: "merge" }), { protectedPaths });

    expect(await delivery.deliver(scratch.order(workspace), calm)).toEqual({ kind: "empty" });
  });
});
