import { expect, it } from "vitest";
import { git, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

it("the example of the README works", async () => {
  const scratch = new Scratch();
  try {
    const workspace = scratch.workspace("ISSUE-7");
    scratch.commit("login.txt", "done\n", workspace.path);
    const config = scratch.config({ kind: "merge" });

    const delivery = new GitDelivery(config, { protectedPaths: ["docs/roadmap.md"] });
    const result = await delivery.deliver(
      { key: "issue-7/1", issueIdentifier: "ISSUE-7", issueTitle: "Add a login", workspace },
      AbortSignal.timeout(600_000),
    );
    expect(result).toEqual({
      kind: "delivered",
      branch: "main",
      commit: git(scratch.repository, "rev-parse", "main"),
      notes: [],
    });
  } finally {
    scratch.dispose();
  }
});
