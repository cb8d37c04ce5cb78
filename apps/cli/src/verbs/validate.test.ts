import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recordedSurroundings } from "../__fixtures__/recorded-surroundings.ts";
import { Scratch } from "../__fixtures__/scratch.ts";
import { runCommandLine } from "../command-line.ts";
import { validate } from "./validate.ts";

let folder = "";

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-validate-")));
  await mkdir(join(folder, "docs"));
  await writeFile(
    join(folder, "docs", "roadmap.md"),
    "# Roadmap\n\n### One\n\n- **Status:** planned\n",
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function validated(
  text: string,
  json: boolean,
  environment: Readonly<Record<string, string | undefined>> = { PATH: process.env["PATH"] },
): Promise<{ readonly status: 0 | 1; readonly out: string }> {
  await writeFile(join(folder, "WORKFLOW.md"), text);
  const { surroundings, output } = recordedSurroundings(folder, environment);
  const status = await validate({ json }, surroundings);
  return { status, out: output.out };
}

const valid = `---
tracker:
  kind: roadmap
agent:
  backend: command
runner: inline
backends:
  command:
    program: [node, agent.mjs]
---
Do it.
`;

function validatedTracker(
  lines: string,
): Promise<{ readonly status: 0 | 1; readonly out: string }> {
  return validated(valid.replace("kind: roadmap\n", `kind: roadmap\n${lines}`), false);
}

describe("signalbox validate", () => {
  it("has nothing to say about a valid file", async () => {
    const { status, out } = await validated(valid, false);
    expect(out).toBe(`${join(folder, "WORKFLOW.md")} is valid\n`);
    expect(status).toBe(0);
  });

  it("R-615 gives file, line, column, key and remedy of each problem, also as JSON", async () => {
    const text = valid.replace("kind: roadmap", "kind: roadmapp");
    const { status, out } = await validated(
      text.replace("  backend:", "  max_turns: 0\n  backend:"),
      true,
    );
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      path: join(folder, "WORKFLOW.md"),
      valid: false,
      problems: [{ severity: "error", line: 5, column: 3, key: "agent.max_turns" }],
    });
    const unknown = await validated(text, true);
    expect(JSON.parse(unknown.out)).toMatchObject({
      problems: [
        {
          severity: "error",
          code: "plugin_not_found",
          line: 3,
          column: 3,
          key: "tracker.kind",
          remedy: expect.stringContaining("npm install @signalbox/tracker-roadmapp"),
        },
      ],
    });
  });

  it("holds the options of the adapters against their own schemas, and says where they stand", async () => {
    const { status, out } = await validated(
      valid.replace("program: [node, agent.mjs]", "prompt: telepathy\n    program: [node]"),
      false,
    );
    expect(status).toBe(1);
    expect(out).toContain(`${join(folder, "WORKFLOW.md")}:9:5: error: backends.command.prompt: `);
    expect(out).toContain("  → Correct it; the README of `command` lists its options.\n");
    expect(out).toContain("is not valid, 1 error\n");
  });

  it("R-135 refuses a prompt that could not be rendered, where it stands", async () => {
    const { status, out } = await validated(`${valid}\nWork on {{ issue.titel }}.\n`, false);
    expect(status).toBe(1);
    expect(out).toMatch(/WORKFLOW\.md:\d+:\d+: error: .*issue\.titel/);
    expect(out).toContain("issue.title");
  });

  it("refuses what this version cannot honour, as run would", async () => {
    const { status, out } = await validated(
      valid.replace("agent:\n", "delivery:\n  kind: pull-request\nagent:\n"),
      false,
    );
    expect(status).toBe(1);
    expect(out).toContain(
      ":5:3: error: `delivery.kind: pull-request` is not available in this version [unavailable]\n" +
        "  → Write `branch` there, or leave the key out.\n",
    );
  });

  it("refuses a sandbox that is asked for by name and cannot be had, as run would", async () => {
    const { status, out } = await validated(
      valid.replace("agent:\n", "sandbox: { tier: none, network: off }\nagent:\n"),
      false,
    );
    expect(status).toBe(1);
    expect(out).toContain(
      "error: `sandbox.network: off` needs the tier bwrap, and that cannot be had: the workflow file says `sandbox.tier: none` [containment_unavailable]",
    );
  });

  it("R-517 looks the programs up that agents and deliveries are to start", async () => {
    const { status, out } = await validated(
      valid
        .replace("[node, agent.mjs]", "[no-such-agent, --print]")
        .replace("agent:\n", "delivery: { kind: merge, check: [/no/such/check] }\nagent:\n"),
      true,
    );
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      problems: [
        {
          code: "program_missing",
          line: 10,
          column: 5,
          key: "backends.command.program",
          message: expect.stringContaining("`no-such-agent`, and there is no such program on PATH"),
        },
        { code: "program_missing", line: 4, key: "delivery.check" },
      ],
    });
  });

  it("looks the program up on the agent's own PATH, behind a variable, and not for a shell", async () => {
    const program = "program: [node, agent.mjs]";
    const own = await validated(
      valid.replace(program, `${program}\n    env: { PATH: /none }`),
      false,
    );
    expect(own.status).toBe(1);
    const variable = await validated(valid.replace("[node,", "[$NO_SUCH_VARIABLE,"), false);
    expect(variable.out).not.toContain("program_missing");
    const shell = valid.replace(program, "program: no-such-agent\n    shell: true");
    expect(await validated(shell, false)).toMatchObject({ status: 0 });
  });

  it("warns of a program that is not in the commit that workspaces start from", async () => {
    await using scratch = new Scratch(
      "tracker: { kind: roadmap }\nagent: { backend: command }\nbackends:\n  command: { program: [tools/agent.sh] }\n",
      ["One"],
    );
    const absent = await scratch.run("validate");
    expect(absent.status).toBe(0);
    expect(absent.out).toContain(
      ":5:14: warning: `backends.command.program` names tools/agent.sh, which is not in",
    );
    expect(absent.out).toContain("Correct the path");
    scratch.write("tools/agent.sh", "#!/bin/sh\n");
    expect((await scratch.run("validate")).out).toContain("Commit the file");
    scratch.git("add", ".");
    scratch.git("commit", "-q", "-m", "agent");
    expect((await scratch.run("validate")).out).toMatch(/is valid\n$/);
  });

  it("warns of states that lead an issue astray", async () => {
    const own = await validatedTracker("  states: { running: Review, succeeded: PLANNED }\n");
    expect(own.status).toBe(0);
    expect(own.out).toContain(
      ":4:13: warning: `tracker.states.running`, Review, is not among the active states: " +
        "an issue leaves them when its agent starts. [running_not_active]\n" +
        "  → Add Review to `tracker.active_states`, or write `running` as one that is there.\n",
    );
    expect(own.out).toContain(
      ":4:30: warning: `tracker.states.succeeded`, PLANNED, is among the active states: " +
        "a delivered issue never leaves them. [succeeded_active]\n" +
        "  → Take PLANNED out of `tracker.active_states`, or write another state as `succeeded`.\n",
    );
    const stays = await validatedTracker("  states: { succeeded: done, needs_human: asks }\n");
    expect(stays.out).toContain(
      ":4:30: warning: `tracker.states.needs_human`, asks, is not among the active states",
    );
    expect(stays.out).toContain(
      "is answered stays there. [needs_human_stays]\n  → Write `running`",
    );
    const adapters = await validatedTracker("  active_states: [planned, done]\n");
    expect(adapters.out).toContain(":4:3: warning: The adapter's state for `running`, in-progress");
    expect(adapters.out).toContain(":4:3: warning: The adapter's state for `succeeded`, done");
    const unwritten = await validatedTracker(
      "  active_states: [planned, done]\n  writes: comment\n",
    );
    expect(unwritten.out).toMatch(/is valid\n$/);
    expect((await validatedTracker("  states: {}\n")).out).toMatch(/is valid\n$/);
  });

  it.each([
    ["missing.md", "does not exist"],
    ["dangling.md", "does not exist"],
    ["loop.md", "is a symbolic link that leads to itself"],
    ["empty", "is a folder without a Markdown file"],
    ["/dev/null", "is not a regular file"],
    ["binary.md", "holds NUL bytes: it is binary or UTF-16"],
  ])("R-601 refuses a roadmap that cannot be read, as run would: %s %s", async (path, what) => {
    await symlink("nowhere", join(folder, "dangling.md"));
    await symlink("loop.md", join(folder, "loop.md"));
    await mkdir(join(folder, "empty"));
    await writeFile(join(folder, "binary.md"), "a\0b");
    const text = valid.replace("roadmap\n", `roadmap\n  provider: { path: ${path} }\n`);
    const { status, out } = await validated(text, true);
    expect(status).toBe(1);
    const report: unknown = JSON.parse(out);
    const problem = { severity: "error", line: 4, column: 15, key: "tracker.provider.path" };
    expect(report).toMatchObject({ valid: false, problems: [problem] });
    const { surroundings, output } = recordedSurroundings(folder, process.env);
    expect(await runCommandLine(["run", "--dry-run", "--json"], surroundings)).toBe(1);
    const { error }: { error: { code: string; message: string; remedy: string } } = JSON.parse(
      output.out + output.err,
    );
    expect(error.message).toContain(what);
    expect(report).toMatchObject({ problems: [error] });
  });

  it("finds the roadmap and the backlog where they are by default, or says that they are not there", async () => {
    await rm(join(folder, "docs", "roadmap.md"));
    const roadmap = await validated(valid, false);
    expect(roadmap.out).toContain(":3:3: error: the roadmap docs/roadmap.md (");
    const text = valid.replace("kind: roadmap", "kind: backlog-md");
    const missing = await validated(text, false);
    expect(missing).toMatchObject({ status: 1 });
    expect(missing.out).toContain(":3:3: error: there is no backlog in");
    await mkdir(join(folder, "backlog", "tasks"), { recursive: true });
    expect((await validated(text, false)).out).toMatch(/is valid\n$/);
  });

  it("needs no token to see the rest, and misses each one once", async () => {
    const text = `---
tracker: { kind: github, provider: { repository: tide/tables, token: $NO_SUCH_TOKEN } }
agent: { backend: command }
backends: { command: { program: [no-such-agent] } }
---
Do it.
`;
    const { status, out } = await validated(text, true);
    expect(status).toBe(1);
    const { problems }: { problems: readonly { code: string }[] } = JSON.parse(out);
    expect(problems.map(({ code }) => code)).toEqual(["missing_secret", "program_missing"]);
  });

  it("warns of a script that the agent's interpreter would not find", async () => {
    const program = "  command: { program: [node, tools/agent.mjs, --fast] }\n";
    const settings = `tracker: { kind: roadmap }\nagent: { backend: command }\nbackends:\n${program}`;
    await using scratch = new Scratch(settings, ["One"]);
    const absent = await scratch.run("validate");
    expect(absent).toMatchObject({ status: 0 });
    expect(absent.out).toContain(
      ":5:14: warning: `backends.command.program` names tools/agent.mjs, which is not in the work tree",
    );
    for (const words of ["[node, -e, 1 + 1.5]", "[node, --version]", "[sh, $SCRIPT]", "[node]"]) {
      scratch.write(
        "WORKFLOW.md",
        `---\n${settings.replace("[node, tools/agent.mjs, --fast]", words)}---\nGo.\n`,
      );
      expect((await scratch.run("validate")).out).not.toContain("program_missing");
    }
  });

  it("warns of an agent that may end its own run, and of a merge that never comes", async () => {
    const transitions = "agent:\n  tools: { transitions: [needs-human, Done] }\n";
    const ends = await validated(valid.replace("agent:\n", transitions), false);
    expect(ends.status).toBe(0);
    expect(ends.out).toContain(
      ":5:12: warning: `agent.tools.transitions` lets an agent move its issue to Done, which is terminal",
    );
    const merging = valid.replace("agent:\n", `delivery: { kind: merge }\n${transitions}`);
    const own = merging.replace(
      "kind: roadmap\n",
      "kind: roadmap\n  states: { running: planned }\n",
    );
    const never = await validated(own, false);
    expect(never.out).toContain(":5:13: warning: `delivery.kind: merge` merges nothing");
    expect(never.out).not.toContain("transition_terminal");
  });

  it("R-517 a file that names no backend needs the default's program, and is told how to get it", async () => {
    const text = "---\ntracker: { kind: roadmap }\n---\nDo it.\n";
    const { status, out } = await validated(text, true, { PATH: folder });
    expect(status).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      problems: [
        {
          severity: "error",
          code: "program_missing",
          key: "agent.backend",
          message:
            "The backend `claude-code` starts `claude`, and there is no such program on PATH.",
          remedy: expect.stringMatching(/npm install -g @anthropic-ai\/claude-code@\d.*backend/),
        },
      ],
    });
    await writeFile(join(folder, "claude"), "#!/bin/sh\n", { mode: 0o755 });
    expect(await validated(text, true, { PATH: folder })).toMatchObject({ status: 0 });
  });

  it.each([
    ["claude-code", /^Install it with npm install -g @anthropic-ai\/claude-code@/],
    ["codex", /^Install it with npm install -g @openai\/codex@/],
    ["acp", /^Install it with npm install -g @google\/gemini-cli@/],
  ])("R-517 names the missing program of %s and its install command", async (name, remedy) => {
    const text = `---\ntracker: { kind: roadmap }\nagent: { backend: ${name} }\nbackends: { acp: { agent: gemini } }\n---\nDo it.\n`;
    const { out } = await validated(text, true, { PATH: folder });
    expect(JSON.parse(out)).toMatchObject({
      problems: [{ code: "program_missing", line: 3, remedy: expect.stringMatching(remedy) }],
    });
  });

  it("R-517 a run and its preview refuse a missing agent before anything starts", async () => {
    await using scratch = new Scratch(
      "tracker: { kind: roadmap }\nagent: { backend: claude-code }\nbackends: { claude-code: { program: no-such-claude } }\n",
      ["One"],
    );
    const before = scratch.listing();
    for (const verb of [
      ["run", "--once"],
      ["run", "--dry-run"],
    ]) {
      const { status, err } = await scratch.run(...verb);
      expect(status).not.toBe(0);
      expect(err).toContain("`backends.claude-code.program` names `no-such-claude`");
      expect(err).toContain("npm install -g @anthropic-ai/claude-code@");
    }
    expect(scratch.listing()).toEqual(before);
  });

  it("does not fail for warnings", async () => {
    const { status, out } = await validated(
      valid.replace("agent:\n", "colour: red\nagent:\n"),
      false,
    );
    expect(status).toBe(0);
    expect(out).toContain(":4:1: warning: colour is not a known key.");
    expect(out).toContain("is valid, 1 warning\n");
  });
});
