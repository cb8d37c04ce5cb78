import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

/** Says that it has started, works until the file `release` appears, then commits. */
const settings = (repository: string): string => `tracker:
  kind: roadmap
agent:
  backend: command
  grace_ms: 500
backends:
  command:
    program:
      - sh
      - -c
      - echo started >> ${repository}/../starts; while [ -d ${repository} ] && [ ! -e ${repository}/../release ]; do sleep 0.05; done; echo x > x; git add x; git commit -qm x
sandbox: { tier: none }
delivery:
  kind: merge
`;

async function withAgentAtWork(
  test: (scratch: Scratch, daemon: ReturnType<Scratch["start"]>) => Promise<void>,
): Promise<void> {
  await using scratch = new Scratch("", ["One"]);
  scratch.write("WORKFLOW.md", `---\n${settings(scratch.repository)}---\nGo.\n`);
  try {
    const daemon = scratch.start("run", "--log-level", "debug");
    await daemon.said("started run-1");
    await starts(scratch);
    await test(scratch, daemon);
  } finally {
    // Whatever has failed: the agent ends.
    scratch.write("../release", "");
  }
}

/** Resolves with what the agents wrote, once one of them has. */
async function starts(scratch: Scratch): Promise<string> {
  for (const limit = Date.now() + 10_000; Date.now() < limit;) {
    try {
      return readFileSync(join(scratch.folder, "starts"), "utf8");
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error("no agent has started");
}

async function finished(scratch: Scratch): Promise<unknown> {
  scratch.write("../release", "");
  const { status, out, err } = await scratch.start("run", "--once").ended;
  const isDone = scratch.read("docs/roadmap.md").includes("**Status:** done");
  return { status, told: out + err, isDone, starts: await starts(scratch) };
}

const wellDone = {
  status: 0,
  told: expect.stringMatching(
    /(?:adopted run-1: still running since|took over run-1,)[^]*delivered/,
  ),
  isDone: true,
  starts: "started\n",
};

describe("runner: process, the default", () => {
  it("R-607 R-703 SIGTERM leaves the agents to the next daemon, and says so", async () => {
    await withAgentAtWork(async (scratch, daemon) => {
      daemon.child.kill("SIGTERM");
      await daemon.said("the agents work on, and the next daemon takes them over: one.");
      expect(await daemon.ended).toMatchObject({ status: 0 });
      expect(await finished(scratch)).toEqual(wellDone);
    });
  });

  it("R-702 a daemon that is killed has lost nothing, and starts nothing twice", async () => {
    await withAgentAtWork(async (scratch, daemon) => {
      daemon.child.kill("SIGKILL");
      await daemon.ended;
      expect(await finished(scratch)).toEqual(wellDone);
    });
  });

  it("R-607 SIGTERM stops the agents with on_terminate: stop", async () => {
    await using scratch = new Scratch("", ["One"]);
    const stopping = `${settings(scratch.repository)}on_terminate: stop\n`;
    scratch.write("WORKFLOW.md", `---\n${stopping}---\nGo.\n`);
    const daemon = scratch.start("run");
    await daemon.said("started run-1");
    daemon.child.kill("SIGTERM");
    await daemon.said("Stopping the agents");
    const { status, out } = await daemon.ended;
    expect({ status, isCanceled: out.includes("canceled") }).toEqual({
      status: 0,
      isCanceled: true,
    });
  });
});
