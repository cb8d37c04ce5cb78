import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Scratch } from "./__fixtures__/scratch.ts";

const mock = (script: string): string => `tracker:
  kind: roadmap
agent:
  backend: mock
  max_concurrent_agents: 1
  grace_ms: 500
backends:
  mock:
    script:
      ${script}
delivery:
  kind: merge
runner: inline
`;

const succeeds = mock("- { kind: succeed, files: { done.txt: done }, commit: Do it }");
const hangs = mock("- { kind: hang }");

/** Works until the file `release` appears in the repository, then commits. */
const waits = (repository: string): string => `tracker:
  kind: roadmap
agent:
  backend: command
  grace_ms: 500
backends:
  command:
    program:
      - sh
      - -c
      - while [ -d ${repository} ] && [ ! -e ${repository}/release ]; do sleep 0.05; done; touch done-$$; git add .; git commit -qm Done
delivery:
  kind: merge
runner: inline
sandbox: { tier: none }
`;

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}

describe("the command line", () => {
  it("prints its manual and its version", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    const help = await scratch.start("--help").ended;
    expect(help).toMatchObject({ status: 0, err: "" });
    for (const word of ["init", "validate", "run", "explain", "Files:", "Exit status:"]) {
      expect(help.out).toContain(word);
    }
    expect(widest(help.out)).toBeLessThanOrEqual(80);
    expect((await scratch.run("--version")).out).toMatch(/^\d+\.\d+\.\d+\n$/);
    const page = await scratch.run("help", "run");
    expect(page.out).toContain("SIGINT (Ctrl-C)");
    expect(page.out).toContain('"delivery waits"');
    for (const verb of ["stop", "journal verify"]) {
      const words = verb.split(" ");
      expect(await scratch.run("help", ...words)).toEqual(await scratch.run(...words, "--help"));
    }
    expect((await scratch.run("help", "journal", "bury")).err).toContain('no verb "journal bury"');
    expect(help.out).toContain("signalbox/<folder>-<hash>/");
    expect(widest(page.out)).toBeLessThanOrEqual(80);
  });

  it("ends with 2 for a wrong command line, and says what is wrong with it", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    expect(await scratch.run("walk")).toEqual({
      status: 2,
      out: "",
      err: `signalbox: unknown command 'walk'\n"signalbox --help" tells how to use it.\n`,
    });
    expect(await scratch.run("run", "--twice")).toMatchObject({ status: 2 });
    expect(await scratch.run()).toMatchObject({ status: 2 });
  });

  it("R-606 takes a path or the default file, and fails without either", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    scratch.git("mv", "WORKFLOW.md", "other.md");
    const missing = await scratch.run("run", "--once");
    expect(missing.status).toBe(1);
    expect(missing.err).toContain("WORKFLOW.md");
    expect(missing.err).toContain("  → ");
    const json = await scratch.run("run", "absent.md", "--once", "--json");
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: "missing_workflow_file" } });
    expect(existsSync(scratch.stateDir)).toBe(false);
    expect(await scratch.run("run", "other.md", "--once")).toMatchObject({ status: 0 });
    expect(scratch.read("done.txt")).toBe("done");
  });

  it("R-122 does not start with an invalid configuration", async () => {
    await using scratch = new Scratch(`${succeeds}hooks: { timeout_ms: 0 }\n`, ["One"]);
    const { status, err } = await scratch.start("run").ended;
    expect(status).toBe(1);
    expect(err).toContain("hooks.timeout_ms");
    expect(err).toMatch(/WORKFLOW\.md:\d+:\d+/);
    expect(existsSync(scratch.stateDir)).toBe(false);
  });

  it("R-517 does not start with an agent that is not there, nor shows what it would start", async () => {
    await using scratch = new Scratch(
      "tracker: { kind: roadmap }\nagent: { backend: command }\nbackends:\n  command: { program: [no-such-agent] }\n",
      ["One"],
    );
    for (const mode of ["--once", "--dry-run"]) {
      const { status, err } = await scratch.run("run", mode);
      expect(status).toBe(1);
      expect(err).toMatch(
        /WORKFLOW\.md:5:14: `backends\.command\.program` names `no-such-agent`.*\n  → Write a program/,
      );
    }
    expect(scratch.read("docs/roadmap.md")).toContain("**Status:** planned");
  });
});

describe("signalbox run --once", () => {
  it("R-619 ends when nothing is left to do, with a table", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    const { status, out } = await scratch.run("run", "--once");
    expect(status).toBe(0);
    expect(out).toMatch(
      /ISSUE +OUTCOME +ATTEMPTS +DURATION +COMMIT\none +delivered +1 .+ [0-9a-f]{9}\n/,
    );
    expect(out).not.toContain("\u001B");
    expect(scratch.read("docs/roadmap.md")).toContain("**Status:** done");
    const again = await scratch.run("run", "--once");
    expect(again).toMatchObject({ status: 0 });
    expect(again.out).toContain("No issue was worked on.");
  });

  it("warns once, with the line, of states that lead an issue astray", async () => {
    const states = succeeds.replace("roadmap\n", "roadmap\n  active_states: [planned]\n");
    await using scratch = new Scratch(states, ["One"]);
    const { status, err } = await scratch.run("run", "--once");
    expect(status).toBe(0);
    const warnings = err.split("\n").filter((line) => line.includes("active states"));
    expect(warnings).toEqual([
      expect.stringContaining(
        "WORKFLOW.md:4:3: The adapter's state for `running`, in-progress, is",
      ),
    ]);
    expect(scratch.read("docs/roadmap.md")).toContain("**Status:** done");
  });

  it("R-615 prints one JSON object a line, in the documented shapes", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    const { status, out } = await scratch.run("run", "--once", "--json");
    expect(status).toBe(0);
    const lines = out
      .trim()
      .split("\n")
      .map((line): unknown => JSON.parse(line));
    const about = { at: expect.any(Number), issue_id: expect.any(String), issue_identifier: "one" };
    expect(lines).toEqual(
      expect.arrayContaining([
        {
          type: "daemon-started",
          at: expect.any(Number),
          workflow: `${scratch.repository}/WORKFLOW.md`,
          state_dir: scratch.stateDir,
        },
        { type: "run-started", ...about, run_id: "run-1", attempt: null, retry_kind: null },
        { type: "run-ended", ...about, run_id: "run-1", outcome: { kind: "succeeded" } },
        { type: "delivering", ...about, run_id: "run-1" },
        expect.objectContaining({ type: "delivered", ...about, branch: "main" }),
        {
          type: "daemon-ended",
          at: expect.any(Number),
          issues: [expect.objectContaining({ issue_identifier: "one", result: "delivered" })],
        },
      ]),
    );
  });

  it("R-603 goes on when the reader of its output goes away", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    const daemon = scratch.start("run", "--once", "--log-level", "debug");
    daemon.child.stdout?.destroy();
    daemon.child.stderr?.destroy();
    expect(await daemon.ended).toMatchObject({ status: 0 });
    expect(scratch.read("docs/roadmap.md")).toContain("**Status:** done");
  });

  it("R-612 prints titles without control bytes", async () => {
    await using scratch = new Scratch(succeeds, ["Red \u001B[31m and \u0007 bell"]);
    const dry = await scratch.run("run", "--dry-run");
    expect(dry.out).toContain("Red  and  bell");
    expect(dry.out.split("").filter((letter) => letter < " " && letter !== "\n")).toEqual([]);
  });
});

describe("reading verbs", () => {
  it("R-617 a dry run says what would start and why the rest waits, and touches nothing", async () => {
    await using scratch = new Scratch(succeeds, ["One", "Two"]);
    scratch.write(
      "docs/roadmap.md",
      `${scratch.read("docs/roadmap.md")}\n### Three\n\n- **Status:** planned\n- **Blockers:** Two\n`.replace(
        "planned",
        "planned\n- **Priority:** P1",
      ),
    );
    const before = scratch.listing();
    const { status, out } = await scratch.run("run", "--dry-run");
    expect(status).toBe(0);
    expect(out).toMatch(/Would start now: 1\n.+PRIORITY.+\n +1 +one +planned +P1 +One\n/);
    expect(out).toContain('It is blocked by two, which is in state "planned".');
    const json = await scratch.run("run", "--dry-run", "--json");
    expect(JSON.parse(json.out)).toMatchObject({
      daemon: null,
      dispatch: [{ identifier: "one", state: "planned" }],
      held_back: [
        { identifier: "two", reasons: [{ code: "outranked" }] },
        { identifier: "three", reasons: [{ code: "blocked" }] },
      ],
    });
    expect(scratch.listing()).toEqual(before);
  });

  it("R-616 R-619 explain works without a daemon, and then that is a reason", async () => {
    await using scratch = new Scratch(succeeds, ["One", "Two"]);
    const before = scratch.listing();
    const { status, out } = await scratch.run("explain", "two");
    expect(status).toBe(0);
    expect(out).toContain("No daemon is running for this workflow file. [daemon-not-running]\n");
    expect(out).toContain("  Released by: `signalbox run` starts one.\n");
    const unknown = await scratch.run("explain", "twenty");
    expect(unknown.status).toBe(1);
    expect(unknown.err).toContain('no issue "twenty" among the 2');
    expect(scratch.listing()).toEqual(before);
  });

  it("R-616 explain shows why the tracker cannot list what a person asks for", async () => {
    await using scratch = new Scratch(succeeds, ["One"]);
    scratch.write(
      "docs/roadmap.md",
      `${scratch.read("docs/roadmap.md")}\n### Name the platform\n\n- Status: planned\n`,
    );
    for (const name of ["name-the-platform", "Name the"]) {
      const { status, err } = await scratch.run("explain", name);
      expect(status).toBe(1);
      expect(err).toMatch(/docs\/roadmap\.md:\d+: this line looks like the Status of "Name the/);
      expect(err).toContain("  → Write it as a list item with its key in bold");
    }
    expect((await scratch.run("explain", "status")).err).toContain('no issue "status" among the 1');
  });

  it("R-619 answer from the journal where the tracker's token is not there", async () => {
    const tracker = { kind: "./tracker.mjs", provider: { token: "$TIDE_TOKEN" } };
    await using scratch = new Scratch(
      hangs.replace("tracker:\n  kind: roadmap\n", `tracker: ${JSON.stringify(tracker)}\n`),
      ["One"],
    );
    scratch.write("tracker.mjs", trackerWithToken);
    const nobody = await scratch.run("explain", "one");
    expect(nobody.err).toContain("variable TIDE_TOKEN, which is not set or is empty.\n  → Set");
    const daemon = scratch.startUnder(["env", "TIDE_TOKEN=t"], "run");
    await daemon.said("started run-1");
    const { status, out } = await scratch.run("explain", "one");
    expect(status).toBe(0);
    expect(out).toContain("It is being worked on (run-1).");
    expect(out).toMatch(/! The tracker was not asked; .*:\n {2}.* TIDE_TOKEN, which is not set/);
    expect(out).not.toMatch(/workflow file has errors|tracker-unreadable/);
    expect(JSON.parse((await scratch.run("explain", "one", "--json")).out)).toMatchObject({
      reasons: [{ code: "running" }],
      workflow_error: null,
      tracker_error: { code: "tracker_secret" },
    });
    daemon.child.kill("SIGKILL");
    await daemon.ended;
    const after = JSON.parse((await scratch.run("explain", "one", "--json")).out);
    expect(after.reasons.map(({ code }: { code: string }) => code)).toContain("tracker-unreadable");
  });

  it("R-619 work beside a running daemon; a second daemon is refused and names the first", async () => {
    await using scratch = new Scratch(hangs, ["One", "Two"]);
    const daemon = scratch.start("run");
    await daemon.said("started run-1");
    const one = await scratch.run("explain", "one", "--json");
    expect(JSON.parse(one.out)).toMatchObject({
      daemon: { pid: daemon.child.pid },
      reasons: [{ code: "running", text: "It is being worked on (run-1)." }],
    });
    const two = await scratch.run("explain", "two");
    expect(two.out).toContain("No slot is free: 1 of 1 agents are at work");
    expect(two.out).not.toContain("daemon-not-running");
    expect((await scratch.run("run", "--dry-run")).out).toContain(`(pid ${daemon.child.pid})`);
    const good = scratch.read("WORKFLOW.md");
    for (const broken of [
      good.replace("agent:", "agent: ["),
      good.replace("backend: mock", "max_turns: 0"),
    ]) {
      scratch.write("WORKFLOW.md", broken);
      const stale = await scratch.run("explain", "one");
      expect(stale).toMatchObject({ status: 0, err: "" });
      expect(stale.out).toContain("It is being worked on (run-1).");
      expect(stale.out).toMatch(/! The workflow file has errors now.*\n .*WORKFLOW\.md:\d+:\d+: /);
      const { workflow_error: told } = JSON.parse(
        (await scratch.run("explain", "one", "--json")).out,
      );
      expect(told.message).not.toContain(told.remedy);
    }
    scratch.write("WORKFLOW.md", good);
    const second = await scratch.run("run", "--once");
    expect(second.status).toBe(1);
    expect(second.err).toContain(`${daemon.child.pid}`);
  });
});

describe("ending a daemon", () => {
  it("R-607 the first SIGINT drains and says what it waits for", async () => {
    await using scratch = new Scratch(succeeds, ["One", "Two"]);
    scratch.write("WORKFLOW.md", `---\n${waits(scratch.repository)}---\nGo.\n`);
    const daemon = scratch.start("run");
    await daemon.said("started run-2");
    scratch.write(
      "docs/roadmap.md",
      `${scratch.read("docs/roadmap.md")}\n### Three\n\n- **Status:** planned\n`,
    );
    daemon.child.kill("SIGINT");
    await daemon.said("Draining: waiting for 2 runs (one, two). Ctrl-C again stops them.");
    scratch.write("release", "");
    expect(await daemon.ended).toMatchObject({ status: 0 });
    const trailers = scratch.git("log", "--format=%(trailers:key=Signalbox-Issue,valueonly)");
    expect(trailers.split("\n").filter(Boolean).toSorted()).toEqual(["one", "two"]);
    expect(scratch.read("docs/roadmap.md")).toMatch(/### Three\n\n- \*\*Status:\*\* planned/);
  });

  it("R-607 the second SIGINT stops the agents", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const daemon = scratch.start("run");
    await daemon.said("started run-1");
    daemon.child.kill("SIGINT");
    await daemon.said("Draining");
    daemon.child.kill("SIGINT");
    await daemon.said("Stopping the agents: waiting for 1 run (one).");
    const { status, out } = await daemon.ended;
    expect(status).toBe(0);
    expect(out).toContain("canceled");
  });

  it("R-607 SIGTERM stops inline agents", async () => {
    await using scratch = new Scratch(hangs, ["One"]);
    const daemon = scratch.start("run");
    await daemon.said("started run-1");
    daemon.child.kill("SIGTERM");
    await daemon.said("Stopping the agents: waiting for 1 run (one).");
    expect(await daemon.ended).toMatchObject({ status: 0 });
  });
});

/** One issue, for those who have the token. */
const trackerWithToken = `
const issue = {
  id: "1", identifier: "one", title: "One", state: "todo", stateKind: null, description: "", url: null, priority: null,
  labels: [], blockedBy: [], assignee: null, branchName: null, createdAt: null, updatedAt: null, notDispatchable: null, nativeRef: {},
};
export default {
  kind: "tracker",
  name: "tide",
  contractVersion: 1,
  configSchema: {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: (value) =>
        value.token === undefined ? { issues: [{ message: "is missing", path: ["token"] }] } : { value },
    },
  },
  defaults: { activeStates: ["todo"], terminalStates: ["done"], states: {} },
  create: () => ({ fetchIssuesByStates: async () => [issue], fetchIssuesByIds: async () => [issue] }),
};
`;
