import { existsSync, mkdirSync } from "node:fs";
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

describe("the check of a merge", () => {
  it("R-1006 the check sees the merged result; when it fails, the base stays", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const before = scratch.commit("user.txt", "u\n");
    const script = "ls; git status --short; test ! -f user.txt";
    const config = scratch.config({ kind: "merge", check: ["sh", "-c", script] });

    const result = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(result).toEqual({
      kind: "check-failed",
      output: `The check \`sh -c ${script}\` ended with code 1.\nREADME.md\nagent.txt\nuser.txt`,
    });
    expect(head()).toBe(before);
    expect(existsSync(join(scratch.stateDir, "checks", "login"))).toBe(false);
    expect(git(scratch.mirror, "worktree", "list")).not.toMatch(/checks/);
  });

  it("R-1006 a check past its time limit has failed", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const check = ["sh", "-c", "echo started; sleep 60"];
    const config = scratch.config({ kind: "merge", check, checkTimeoutMs: 300 });

    const result = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(result).toEqual({
      kind: "check-failed",
      output:
        "The check `sh -c echo started; sleep 60` took longer than 300 ms and was ended.\nstarted",
    });
  });

  it("R-1006 merges again when the base moved during the check", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const marker = join(scratch.folder, "checked");
    const script = `test -f ${marker} || { touch ${marker}; git -C ${scratch.repository} commit --quiet --allow-empty -m "Meanwhile"; }`;
    const config = scratch.config({ kind: "merge", check: ["sh", "-c", script] });

    const result = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(head()).toBe(deliveredCommit(result));
    expect(git(scratch.repository, "log", "--format=%s", "main^1")).toMatch(/^Meanwhile/);
  });

  it("an aborted delivery is a failure that may be tried again", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    const stop = new AbortController();
    const marker = join(scratch.folder, "checks-run");
    mkdirSync(marker);
    const config = scratch.config({ kind: "merge", check: ["sh", "-c", "sleep 60"] });
    const running = new GitDelivery(config).deliver(scratch.order(workspace), stop.signal);
    const timer = setTimeout(() => stop.abort(), 300);
    expect(await running).toMatchObject({ kind: "failed", retryable: true });
    clearTimeout(timer);
    expect(existsSync(join(scratch.stateDir, "checks", "login"))).toBe(false);
  });
});
