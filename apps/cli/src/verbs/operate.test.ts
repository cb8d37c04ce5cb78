import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Scratch, type CliProcess } from "../__fixtures__/scratch.ts";

const mock = (script: string, slots = 1): string => `tracker:
  kind: roadmap
agent:
  backend: mock
  max_concurrent_agents: ${slots}
  grace_ms: 500
backends:
  mock:
    script:
      ${script}
delivery:
  kind: merge
runner: inline
`;

const hangs = mock("- { kind: hang }");
const asks = mock(
  `- { kind: ask, question: "Left or \\e[31mright?" }
      - { kind: succeed, files: { done.txt: done }, commit: Do it }`,
);

/** Works until the file `release` appears in the repository, then commits. */
const waits = (repository: string): string => `tracker:
  kind: roadmap
agent: { backend: command, max_concurrent_agents: 1 }
backends:
  command:
    program:
      - sh
      - -c
      - while [ -d ${repository} ] && [ ! -e ${repository}/release ]; do sleep 0.05; done; echo x > x; git add x; git commit -qm x
sandbox: { tier: none }
runner: inline
`;

async function started(scratch: Scratch, said = "started run-1"): Promise<CliProcess> {
  const daemon = scratch.start("run");
  await daemon.said(said);
  return daemon;
}

describe("operating a running daemon", () => {
  it("stop parks, says so, and says the second time that it was so already; retry goes on", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const daemon = await started(scratch);
    const stop = await scratch.start("stop", "ONE").ended;
    expect(stop).toEqual({
      status: 0,
      out: "stopped run-1 of one; parked until `signalbox retry one`\n",
      err: "",
    });
    const again = await scratch.run("stop", "one", "--json");
    expect(JSON.parse(again.out)).toEqual({
      issue_id: expect.any(String),
      issue_identifier: "one",
      changed: false,
      phase: "parked",
      run_id: null,
      text: expect.stringMatching(/^one is parked already: stopped by ./),
    });
    expect((await scratch.run("explain", "one")).out).toContain("`signalbox retry`");
    const retry = await scratch.run("retry", "one");
    expect(retry.out).toBe("one goes on now; run-2 is its next run\n");
    await daemon.said("started run-2");
    expect((await scratch.run("retry", "one")).out).toBe("run-2 of one is under way already\n");
  });

  it("release stops the run and lets the issue begin anew", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const daemon = await started(scratch);
    const release = await scratch.run("release", "one", "--json");
    expect(JSON.parse(release.out)).toMatchObject({
      changed: true,
      run_id: "run-1",
      text: "stopped run-1 and released one; run-2 is its next run",
    });
    await daemon.said("started run-2");
    const quick = await scratch.run("release", "one", "--no-wait");
    expect(quick.out).toMatch(/^run-2 of one is being stopped; then the issue is released\n$/);
    await daemon.said("started run-3");
  });

  it("R-433 R-612 answer gives the agent what it asked for, and only while it is asked for", async () => {
    await using scratch = new Scratch(asks, ["One"]);
    const daemon = await started(scratch, "parked: needs input");
    const status = await scratch.run("status");
    expect(status.out).toContain("asks: Left or right?");
    expect(status.out).toContain('`signalbox answer one "…"` answers.');
    const answer = await scratch.run("answer", "one", "The left one.");
    expect(answer.out).toMatch(/^answered one; (run-2 is its next run|it goes on when .*)\n$/);
    await daemon.said("delivered");
    expect((await scratch.run("logs", "one")).out).toContain("The left one.");
    const late = await scratch.run("answer", "one", "hello");
    expect(late).toMatchObject({ status: 1, out: "" });
    expect(late.err).toContain("one waits for no answer\n  → `signalbox explain one`");
  });

  it("an answer to what is parked for another reason takes --force", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    await started(scratch);
    await scratch.run("stop", "one");
    const refused = await scratch.run("answer", "one", "hello");
    expect(refused.status).toBe(1);
    expect(refused.err).toContain("one asks nothing; it is parked: stopped by");
    expect(refused.err).toContain("`signalbox retry one` goes on; --force");
    const forced = await scratch.run("answer", "one", "hello", "--force");
    expect(forced.out).toBe("answered one; run-2 is its next run\n");
    const long = await scratch.run("answer", "one", "x".repeat(4_001));
    expect(long.err).toContain("more than the 4000 characters");
    expect((await scratch.run("answer", "one", "-")).err).toContain("the answer is empty");
  });

  it("answer - reads stdin", async () => {
    await using scratch = new Scratch(asks, ["One"]);
    await started(scratch, "parked: needs input");
    const answer = scratch.start("answer", "one", "-");
    answer.child.stdin?.end("The left\none.\n");
    expect(await answer.ended).toMatchObject({ status: 0, err: "" });
    await expect
      .poll(async () => (await scratch.run("logs", "one")).out, { timeout: 5_000 })
      .toContain("The left");
  });

  it("refuses what is meant by nobody, or by several", async () => {
    await using scratch = new Scratch(hangs, ["One", "One more", "Three 3"]);
    await started(scratch);
    const several = await scratch.run("stop", "o");
    expect(several.status).toBe(1);
    expect(several.err).toContain('"o" may mean several issues:\n  one  One\n  one-more  One more');
    const near = await scratch.run("stop", "onn", "--json");
    expect(JSON.parse(near.out)).toMatchObject({
      error: { code: "issue_unknown", message: expect.stringContaining("one  One") },
    });
    const waiting = await scratch.run("stop", "three-3");
    expect(waiting.err).toContain("three-3 is not being worked on: there is nothing to stop");
    expect((await scratch.run("release", "three-3")).out).toContain("is not claimed");
    expect((await scratch.run("retry", "three-3")).err).toContain("waits for nothing");
  });
});

describe("signalbox drain", () => {
  it("R-607 lets what runs come to its end, says what it waits for, and ends the daemon", async () => {
    await using scratch = new Scratch(hangs, ["One", "Two"]);
    scratch.write("WORKFLOW.md", `---\n${waits(scratch.repository)}---\nGo.\n`);
    const daemon = await started(scratch);
    const drain = scratch.start("drain");
    await drain.said("draining: waiting for 1 run (one)");
    expect((await scratch.run("explain", "two")).out).toContain("The daemon is draining");
    scratch.write("release", "");
    expect(await drain.ended).toMatchObject({
      status: 0,
      out: "drained: the daemon has ended, and nothing was under way any more\n",
    });
    expect(await daemon.ended).toMatchObject({ status: 0 });
    expect(scratch.read("docs/roadmap.md")).toMatch(/### Two\n\n- \*\*Status:\*\* planned/);
    expect(existsSync(`${scratch.stateDir}/control.json`)).toBe(false);
  });

  it("says where the daemon was ended before the drain was over", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const daemon = await started(scratch);
    expect(await scratch.run("drain", "--no-wait")).toEqual({
      status: 0,
      out: "draining: waiting for 1 run (one)\n",
      err: "",
    });
    const waiting = scratch.start("drain", "--json");
    await waiting.said("draining");
    daemon.child.kill("SIGKILL");
    const { status, out } = await waiting.ended;
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ error: { code: "daemon_lost" } });
  });
});

describe("signalbox status", () => {
  it("R-605 R-615 shows what runs and waits, and what it took so far, live runs included", async () => {
    await using scratch = new Scratch(hangs, ["One", "Two"]);
    const daemon = await started(scratch);
    const first = JSON.parse((await scratch.run("status", "--json")).out);
    expect(first).toMatchObject({
      workflow: `${scratch.repository}/WORKFLOW.md`,
      state_dir: scratch.stateDir,
      source: "daemon",
      daemon: { pid: daemon.child.pid, epoch: 1, version: expect.any(String) },
      reasons: [],
      counts: { tracked: 2, ready: 1, running: 1 },
      slots: { taken: 1, max: 1 },
      gates: [],
      running: [{ issue_identifier: "one", run_id: "run-1", stopping: null, attempt: null }],
      waiting: { issues: 1, reasons: [{ code: "no-slot", issues: 1 }], unseen: 0 },
      totals: { runs: 1 },
      problems: [],
    });
    const second = JSON.parse((await scratch.run("status", "--json")).out);
    expect(second.totals.run_ms).toBeGreaterThan(first.totals.run_ms);
    const plain = await scratch.run("status");
    expect(plain.out).toContain(`daemon pid ${daemon.child.pid}`);
    expect(plain.out).toMatch(/\none +run-1 +[a-z-]+ +1 /);
    expect(plain.out).toContain("\nWaiting  1: 1 no-slot\n");
  });

  it("R-619 without a daemon, the journal answers as of its last entry; nothing is written", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const none = await scratch.run("status");
    expect(none.status).toBe(0);
    expect(none.out).toMatch(
      /No daemon has run yet with this workflow file and state folder\.\n.*`signalbox run`/,
    );
    expect(none.out).not.toMatch(/slots|In all/);
    expect(JSON.parse((await scratch.run("status", "--json")).out)).toMatchObject({
      source: "nothing",
      reasons: [{ code: "daemon-not-running" }],
      counts: { tracked: 0 },
    });
    expect(existsSync(scratch.stateDir)).toBe(false);
    const daemon = await started(scratch);
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    const { out } = await scratch.run("status", "--json");
    const report = JSON.parse(out);
    expect(report).toMatchObject({
      daemon: null,
      source: "journal",
      reasons: [{ code: "daemon-not-running" }],
      running: [{ issue_identifier: "one", run_id: "run-1" }],
    });
    expect(JSON.parse((await scratch.run("status", "--json")).out)).toEqual(report);
    scratch.write("WORKFLOW.md", "---\ntracker: [\n---\n");
    expect((await scratch.run("status")).out).toContain("run-1");
  });

  it("R-619 a daemon that does not answer is named; orders to it fail and nothing is written", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const daemon = await started(scratch);
    daemon.child.kill("SIGSTOP");
    const [status, stop] = await Promise.all([
      scratch.run("status"),
      scratch.run("stop", "one", "--json"),
    ]);
    expect(status.out).toContain(`The daemon (pid ${daemon.child.pid}) does not answer`);
    expect(status.out).toContain("run-1");
    expect(stop.status).toBe(1);
    expect(JSON.parse(stop.out)).toMatchObject({ error: { code: "daemon_silent" } });
    daemon.child.kill("SIGCONT");
    expect((await scratch.run("status")).out).toContain("epoch 1");
  });
});

describe("after a daemon that could not read the tracker", () => {
  it("explain says why it cannot, and a tracker that can be read holds nothing back", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const roadmap = scratch.read("docs/roadmap.md");
    rmSync(join(scratch.repository, "docs"), { recursive: true });
    const daemon = await started(scratch, "reading the tracker");
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    const { status, err } = await scratch.run("explain", "one");
    expect(status).toBe(1);
    expect(err).toContain("does not exist");
    scratch.write("docs/roadmap.md", roadmap);
    expect((await scratch.run("run", "--dry-run")).out).toContain("Would start now: 1");
    expect((await scratch.run("explain", "one")).out).not.toContain("recovering");
    expect((await scratch.run("status")).out).not.toContain("recovering");
  });
});

describe("without a daemon", () => {
  it.each(["stop", "retry", "release"])("%s fails, and says how to start one", async (verb) => {
    await using scratch = new Scratch(hangs, ["One"]);
    const { status, err } = await scratch.run(verb, "one");
    expect(status).toBe(1);
    expect(err).toBe(
      `signalbox: no daemon is running for ${scratch.repository}/WORKFLOW.md\n  → \`signalbox run\` starts one.\n`,
    );
    expect(existsSync(scratch.stateDir)).toBe(false);
  });

  it("two daemons with state folders of their own take their own orders", async () => {
    await using left = new Scratch(hangs, ["One"]);
    await using right = new Scratch(hangs, ["One"]);
    const daemons = await Promise.all([started(left), started(right)]);
    await left.run("stop", "one");
    await daemons[0].said("parked");
    expect(JSON.parse((await right.run("status", "--json")).out).counts).toMatchObject({
      running: 1,
      parked: 0,
    });
    const crossed = await left.run("stop", "one", "--state-dir", right.stateDir);
    expect(crossed.err).toContain(`no daemon is running for ${left.repository}`);
    expect((await left.run("status", "--state-dir", right.stateDir)).status).toBe(1);
  });

  it("a daemon that comes after a dead one takes its orders", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const dead = await started(scratch);
    dead.child.kill("SIGKILL");
    await dead.ended;
    const next = await started(scratch, "run-1 lost");
    const source = async (): Promise<string> =>
      JSON.parse((await scratch.run("status", "--json")).out).source;
    await expect.poll(source, { timeout: 5_000 }).toBe("daemon");
    expect((await scratch.run("retry", "one")).out).toMatch(/^one goes on now|^run-2 of one/);
    expect(await scratch.run("stop", "one")).toMatchObject({ status: 0, err: "" });
    next.child.kill("SIGTERM");
    await next.ended;
  });
});
