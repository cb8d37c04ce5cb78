import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
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

  it("R-1006 while a delivery waits, what has passed is not checked again; anything else is", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("README.md", "by the agent\n", workspace.path);
    const inTheWay = join(scratch.repository, "README.md");
    scratch.write(inTheWay, "by the user\n");
    const ran = join(scratch.folder, "ran");
    const deliver = (script = `echo ran >> ${ran}`): Promise<DeliveryResult> => {
      const config = scratch.config({ kind: "merge", check: ["sh", "-c", script] });
      return new GitDelivery(config).deliver(scratch.order(workspace), calm);
    };
    const runs = (): number => readFileSync(ran, "utf8").trim().split("\n").length;

    expect(await deliver()).toMatchObject({ kind: "waiting" });
    expect(await deliver()).toMatchObject({ kind: "waiting" });
    expect(runs()).toBe(1);
    expect(await deliver(`echo other >> ${ran}`)).toMatchObject({ kind: "waiting" });
    expect(runs()).toBe(2);
    scratch.commit("more.txt", "more\n", workspace.path);
    expect(await deliver()).toMatchObject({ kind: "waiting" });
    expect(runs()).toBe(3);
    scratch.write(inTheWay, "first\n");
    expect(await deliver()).toMatchObject({ kind: "delivered" });
    expect(runs()).toBe(3);
  });

  it("R-1006 what has failed is checked again", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const marker = join(scratch.folder, "repaired");
    const config = scratch.config({ kind: "merge", check: ["test", "-f", marker] });
    const deliver = () => new GitDelivery(config).deliver(scratch.order(workspace), calm);

    expect(await deliver()).toMatchObject({ kind: "check-failed" });
    scratch.write(marker, "");
    expect(await deliver()).toMatchObject({ kind: "delivered" });
  });

  it("an aborted delivery is a failure that may be tried again", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("login.txt", "done\n", workspace.path);
    const stop = new AbortController();
    const config = scratch.config({
      kind: "merge",
      check: ["sh", "-c", "touch ../began; sleep 60"],
    });
    const running = new GitDelivery(config).deliver(scratch.order(workspace), stop.signal);
    await vi.waitUntil(() => existsSync(join(scratch.stateDir, "checks", "began")), {
      timeout: 20_000,
    });
    stop.abort();
    expect(await running).toMatchObject({ kind: "failed", retryable: true });
    expect(existsSync(join(scratch.stateDir, "checks", "login"))).toBe(false);
  });

  it("a check that cannot be started is a mistake in the workflow, not in the work", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const config = scratch.config({ kind: "merge", check: ["no-such-program-here"] });

    expect(await new GitDelivery(config).deliver(scratch.order(workspace), calm)).toMatchObject({
      kind: "failed",
      retryable: false,
      message: expect.stringMatching(/no-such-program-here/),
    });
  });

  it("a check sees no secret of the daemon, and what a killed daemon left behind is cleared away", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const left = join(scratch.stateDir, "checks", "login");
    git(scratch.mirror, "worktree", "add", "--quiet", "--detach", left, "signalbox/login");
    scratch.write(join(left, "left.txt"), "x\n");
    const script = 'test -z "$API_TOKEN" && test ! -f left.txt && rm .git';
    const config = scratch.config({ kind: "merge", check: ["sh", "-c", script] });
    const environment = { ...process.env, API_TOKEN: "secret" };

    const result = await new GitDelivery(config, { environment }).deliver(
      scratch.order(workspace),
      calm,
    );

    expect(result).toMatchObject({ kind: "delivered" });
    expect(existsSync(left)).toBe(false);
    expect(git(scratch.mirror, "worktree", "list")).not.toMatch(/checks/);
  });

  it("keeps the end of a long output", async () => {
    const workspace = scratch.workspace("login");
    scratch.commit("agent.txt", "a\n", workspace.path);
    const script = "head -c 1000000 /dev/zero | tr '\\0' x; echo; echo last words; exit 3";
    const config = scratch.config({ kind: "merge", check: ["sh", "-c", script] });

    const result = await new GitDelivery(config).deliver(scratch.order(workspace), calm);

    const output = result.kind === "check-failed" ? result.output : "";
    expect(output).toMatch(/ended with code 3/);
    expect(output).toMatch(/last words$/);
    expect(output.length).toBeLessThan(9_000);
  });
});
