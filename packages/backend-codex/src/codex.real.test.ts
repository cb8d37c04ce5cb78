import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AgentTools, Containment, ContainmentMount, TurnOutcome } from "@signalbox/contracts";
import { lookUpAgent, type ModelServer, scenario, startModelServer } from "@signalbox/model-server";
import { describeContainment } from "@signalbox/process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  git,
  makeRepository,
  makeWorktree,
  never,
  ofType,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import type { CodexOptions } from "./index.ts";

const agent = lookUpAgent("codex");
const { tier } = await describeContainment();
const note = agent.isInstalled ? "" : ` (${agent.reason})`;
const key = "sk-not-a-real-key";
/** Seconds, and no other test sleeps for just as long. */
const napping = `61.${process.pid}`;

let folder: string;
let server: ModelServer;

interface Given {
  readonly options?: CodexOptions;
  readonly order?: OrderOverrides;
  readonly cwd?: string;
}

/** A session whose model plays the scenario. */
async function started(played: string, given: Given = {}): Promise<TestSession & { cwd: string }> {
  const cwd = given.cwd ?? (await makeWorktree(folder));
  const session = await startSession(
    {
      program: agent.isInstalled ? agent.program[0] : "codex",
      model: "local-model",
      modelProvider: "local",
      ...given.options,
      config: {
        model_providers: {
          local: {
            name: "local",
            base_url: `${server.scenarioUrl(played)}/v1`,
            env_key: "LOCAL_KEY",
            wire_api: "responses",
            request_max_retries: 1,
            stream_max_retries: 1,
          },
        },
        ...given.options?.config,
      },
      env: {
        HOME: join(folder, "home"),
        TMPDIR: join(folder, "tmp"),
        LOCAL_KEY: key,
        ...given.options?.env,
      },
    },
    { ...given.order, cwd },
  );
  return { ...session, cwd };
}

/** One turn of a session of its own. */
async function turn(
  played: string,
  given: Given = {},
): Promise<TestSession & { cwd: string; outcome: TurnOutcome }> {
  const session = await started(played, given);
  const outcome = await session.session.runTurn("Do it", never);
  await session.session.close();
  return { ...session, outcome };
}

describe.skipIf(!agent.isInstalled)(`the real codex${note}`, { timeout: 120_000 }, () => {
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-codex-")));
    await mkdir(join(folder, "home"));
    await mkdir(join(folder, "tmp"));
    server = await startModelServer();
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  it("R-501 R-502 R-503 R-504 edits a file in the workspace, commits it, and says what it did", async () => {
    const { outcome, events, cwd, session } = await turn("write-file:notes.txt:hello");
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await readFile(join(cwd, "notes.txt"), "utf8")).toBe("hello\n");
    expect(await git(cwd, "log", "-1", "--format=%s")).toBe("Add notes.txt\n");
    expect(await git(cwd, "status", "--short", "--ignored")).toBe("");
    expect(events[0]).toEqual({
      type: "session-started",
      sessionId: session.sessionId,
      model: "local-model",
    });
    expect(ofType(events, "tool-call").map(({ tool }) => tool)).toEqual([
      "apply_patch",
      "exec_command",
    ]);
    expect(ofType(events, "tool-result").map(({ isError }) => isError)).toEqual([false, false]);
    expect(ofType(events, "message").at(-1)?.text).toBe("All done.");
    expect(ofType(events, "notice")[0]).toEqual({
      type: "notice",
      level: "info",
      text: "Codex 0.169.0, permissions accept-edits (sandbox workspaceWrite, network off, approvals on-request), provider local",
    });
  });

  it("R-501 commits in a repository that is no worktree, too", async () => {
    const cwd = await makeRepository(folder);
    const { outcome } = await turn("write-file:notes.txt:hello", { cwd });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await git(cwd, "log", "-1", "--format=%s")).toBe("Add notes.txt\n");
  });

  it("R-503 R-508 cannot talk itself out of the sandbox", async () => {
    const path = join(folder, "escalated.txt");
    const wish = { sandbox_permissions: "require_escalated", justification: "May I?" };
    const input = JSON.stringify({ cmd: `touch ${path}`, ...wish });
    const { outcome, events } = await turn(scenario("tool", "exec_command", input));
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(existsSync(path)).toBe(false);
    const action = `Run /bin/bash -lc 'touch ${path}' (May I?)`;
    expect(ofType(events, "approval-requested")).toEqual([
      { type: "approval-requested", action, decision: "denied" },
    ]);
    expect(ofType(events, "tool-result")).toMatchObject([{ isError: true, text: "declined" }]);
  });

  it.each([
    ["by a command", (path: string) => scenario("run", `touch ${path}`)],
    ["by a patch", (path: string) => scenario("write-only", path)],
  ])("R-503 R-508 changes nothing outside of the workspace, %s", async (_, played) => {
    const path = join(folder, "outside.txt");
    const { outcome } = await turn(played(path));
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(existsSync(path)).toBe(false);
    // Of a command that fails at once, Codex tells nobody but the model.
    const told = JSON.stringify(server.requests().at(-1)?.body);
    expect(told).toMatch(/Read-only file system|rejected by user/);
  });

  it("R-503 R-508 changes nothing with read-only, and everything with full", async () => {
    const reading = await turn("write-only:notes.txt", { options: { permissions: "read-only" } });
    expect(existsSync(join(reading.cwd, "notes.txt"))).toBe(false);
    expect(ofType(reading.events, "approval-requested")).toMatchObject([{ decision: "denied" }]);
    const path = join(folder, "full.txt");
    const free = await turn(`write-only:${encodeURIComponent(path)}:hello`, {
      options: { permissions: "full" },
    });
    expect(await readFile(path, "utf8")).toBe("hello\n");
    expect(ofType(free.events, "notice")[0]?.text).toMatch(
      /permissions full \(sandbox dangerFullAccess, network on, approvals never\)/,
    );
  });

  it("R-519 nothing that the repository brings along runs, unless the workflow file trusts it", async () => {
    const mark = join(folder, "repository-ran");
    const cwd = await makeWorktree(folder);
    await mkdir(join(cwd, ".codex"));
    const mcp = `[mcp_servers.evil]\ncommand = "sh"\nargs = ["-c", "touch ${mark}; cat"]\n`;
    await writeFile(join(cwd, ".codex", "config.toml"), `model = "evil-model"\n${mcp}`);
    const hooks = [{ hooks: [{ type: "command", command: `touch ${mark}` }] }];
    const all = { SessionStart: hooks, UserPromptSubmit: hooks, PreToolUse: hooks };
    await writeFile(join(cwd, ".codex", "hooks.json"), JSON.stringify({ hooks: all }));
    const cautious = await turn("run:true", { cwd });
    expect(cautious.outcome).toEqual({ kind: "succeeded" });
    expect(existsSync(mark)).toBe(false);
    const trusting = await turn("run:true", { cwd, options: { trustRepository: true } });
    expect(trusting.outcome).toEqual({ kind: "succeeded" });
    expect(existsSync(mark)).toBe(true);
  });

  it("R-518 the agent's commands see neither its key nor a secret of the daemon", async () => {
    process.env["SIGNALBOX_TEST_TOKEN"] = "tracker-secret-1234";
    try {
      const { events } = await turn(scenario("run", "env; cat /proc/$PPID/environ"));
      const [result] = ofType(events, "tool-result");
      expect(result?.text).toContain("HOME=");
      expect(result?.text).not.toContain("LOCAL_KEY");
      expect(JSON.stringify(events)).not.toContain(key);
      expect(JSON.stringify(events)).not.toContain("tracker-secret");
    } finally {
      delete process.env["SIGNALBOX_TEST_TOKEN"];
    }
  });

  it("R-504 R-511 a session goes on in another process, and counts anew", async () => {
    const first = await turn("write-each-turn:notes.txt");
    const { cwd } = first;
    const order = { resume: first.session.sessionId };
    const second = await turn("write-each-turn:notes.txt", { cwd, order });
    expect(second.session.sessionId).toBe(first.session.sessionId);
    expect(second.outcome).toEqual({ kind: "succeeded" });
    expect(await git(cwd, "log", "-2", "--format=%s")).toBe("Add notes-2.txt\nAdd notes-1.txt\n");
    const [before, after] = [first, second].map(({ events }) => ofType(events, "usage").at(-1));
    expect(before).toBeDefined();
    expect(after).toEqual(before);
  });

  it("R-504 R-514 R-515 what is killed in the middle of a command leaves nothing, and goes on", async () => {
    const stop = new AbortController();
    const { session, event, cwd } = await started(scenario("run", `sleep ${napping}`), {
      order: { signal: stop.signal },
    });
    const killed = session.runTurn("Wait", never);
    await event(({ type }) => type === "tool-call");
    await expect.poll(() => sleepers(), { timeout: 20_000 }).toBe(1);
    stop.abort();
    expect(await killed).toEqual({ kind: "canceled", reason: "operator" });
    await session.close();
    expect(await sleepers()).toBe(0);
    const next = await turn("text:hi", { cwd, order: { resume: session.sessionId } });
    expect(next.outcome).toEqual({ kind: "succeeded" });
    expect(next.session.sessionId).toBe(session.sessionId);
  });

  it("R-504 a session that Codex does not know begins anew, with a notice", async () => {
    const unknown = "01a201e3-b75c-7af3-914f-000000000000";
    const { session, outcome, events } = await turn("text:hi", { order: { resume: unknown } });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(session.sessionId).not.toBe(unknown);
    expect(ofType(events, "notice").map(({ text }) => text)).toContain(
      `Codex does not know the session ${unknown} any more: a new one begins.`,
    );
  });

  it("R-515 an interrupt ends the turn and its command, and the session goes on", async () => {
    const { session, event } = await started(`1*${scenario("run", `sleep ${napping}`)},text:hi`);
    const interrupted = session.runTurn("Wait", never);
    await event(({ type }) => type === "tool-call");
    await expect.poll(() => sleepers(), { timeout: 20_000 }).toBe(1);
    await session.interrupt();
    expect(await interrupted).toEqual({ kind: "canceled", reason: "operator" });
    await expect.poll(() => sleepers(), { timeout: 20_000 }).toBe(0);
    expect(await session.runTurn("Go on", never)).toEqual({ kind: "succeeded" });
    await session.close();
  });

  it("R-505 silence ends the turn at its limit", async () => {
    const order = { limits: { silenceTimeoutMs: 1_500 } };
    const { outcome } = await turn("hang", { order });
    expect(outcome).toEqual({ kind: "timed-out", limit: "turn", limitMs: 1_500 });
  });

  it("R-513 a quota that is used up is told with its reset", async () => {
    const { outcome, events } = await turn("quota:3600");
    const resetsAt: unknown = expect.toSatisfy(
      (at: number) => Math.abs(at - Date.now() - 3_600_000) < 60_000,
    );
    expect(outcome).toEqual({ kind: "quota-exhausted", pool: "local", resetsAt });
    expect(ofType(events, "rate-limit")).toEqual([
      { type: "rate-limit", pool: "local", usedPercent: 100, resetsAt },
    ]);
  });

  it.each([
    ["server-error", "overloaded", true],
    ["unauthorized", "auth", false],
  ])("R-512 R-513 %s is told as %s", async (played, code, retryable) => {
    const { outcome } = await turn(played);
    expect(outcome).toMatchObject({ kind: "failed", code, retryable });
  });

  it("R-509 R-520 the run's tools are called, and an unknown one is not", async () => {
    const calls: unknown[] = [];
    const tools: AgentTools = {
      list: () => [{ name: "note", description: "Notes.", inputSchema: { type: "object" } }],
      call: async (name, input) => {
        calls.push([name, input]);
        return { kind: "ok", output: "noted" };
      },
      mcp: null,
    };
    const played = `1*${scenario("tool", "note", '{"text":"hi"}')},tool:nope:%7B%7D`;
    const session = await started(played, { order: { tools } });
    expect(await session.session.runTurn("Do it", never)).toEqual({ kind: "succeeded" });
    expect(await session.session.runTurn("Again", never)).toEqual({ kind: "succeeded" });
    await session.session.close();
    expect(calls).toEqual([["note", { text: "hi" }]]);
    expect(ofType(session.events, "tool-result").map(({ text }) => text)).toEqual(["noted"]);
  });

  it("R-510 a question for a person ends the turn", async () => {
    const options = [
      { label: "SQLite", description: "small" },
      { label: "PostgreSQL", description: "big" },
    ];
    const questions = [{ id: "database", header: "Database", question: "Which?", options }];
    const { outcome } = await turn(
      scenario("tool", "request_user_input", JSON.stringify({ questions })),
      { options: { config: { features: { default_mode_request_user_input: true } } } },
    );
    expect(outcome).toEqual({ kind: "needs-input", question: "Which? (SQLite / PostgreSQL)" });
  });

  it("R-513 without a login there is no session, and a key in CODEX_API_KEY is one", async () => {
    await expect(started("text:hi", { options: { modelProvider: null } })).rejects.toMatchObject({
      code: "auth",
    });
    const { outcome, events } = await turn("text:hi", {
      options: {
        modelProvider: null,
        env: { CODEX_API_KEY: key },
        config: {
          model_providers: { "openai-key": { base_url: `${server.scenarioUrl("text:hi")}/v1` } },
        },
      },
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(ofType(events, "usage")[0]?.usage.pool).toBe("openai-key");
  });

  describe.skipIf(tier !== "bwrap")("in a sandbox", () => {
    it("R-501 R-504 R-519 it commits to a worktree inside of its own sandbox, and goes on in a new process", async () => {
      const cwd = await makeWorktree(folder);
      const home = await mkdtemp(join(folder, "locked-"));
      const temporary = await mkdtemp(join(folder, "temporary-"));
      const places = [cwd, home, temporary];
      const containment: Containment = {
        tier: "bwrap",
        network: "on",
        mounts: [
          ...places.map((path) => ({ path, source: path, access: "write" as const })),
          ...(await mirrorMounts(cwd)),
        ],
        limits: { memoryBytes: null, processes: null, cpuSeconds: null },
        modelGate: null,
      };
      const order = { containment, environment: { HOME: home, TMPDIR: temporary } };
      const first = await turn("write-each-turn:notes.txt", { cwd, order });
      expect(first.outcome).toEqual({ kind: "succeeded" });
      const resume = first.session.sessionId;
      const second = await turn("write-each-turn:notes.txt", { cwd, order: { ...order, resume } });
      expect(second.session.sessionId).toBe(resume);
      expect(await git(cwd, "log", "-2", "--format=%s")).toBe("Add notes-2.txt\nAdd notes-1.txt\n");
    });
  });

  it("says so where its home is a place from which Codex starts no sandbox", async () => {
    const { session, event } = await started("text:hi", {
      order: { environment: { TMPDIR: folder } },
    });
    const notice = await event((told) => told.type === "notice" && told.text.includes("TMPDIR"));
    expect(notice).toMatchObject({ level: "warn" });
    await session.close();
  });

  it("a prompt of 2 MB is more than Codex takes", async () => {
    const { session } = await started("text:hi");
    expect(await session.runTurn("x".repeat(2_000_000), never)).toMatchObject({
      kind: "failed",
      code: "context-too-long",
      retryable: false,
    });
    await session.close();
  });
});

/** What a sandbox shows of the mirror: the objects, the agent's own branches, and the git folder of its worktree. */
async function mirrorMounts(cwd: string): Promise<readonly ContainmentMount[]> {
  const gitFolder = (await git(cwd, "rev-parse", "--absolute-git-dir")).trim();
  const mirror = dirname(dirname(gitFolder));
  const own = ["refs/heads/signalbox", "logs/refs/heads/signalbox"].map((n) => join(mirror, n));
  await Promise.all(own.map((path) => mkdir(path, { recursive: true })));
  const writable = [join(mirror, "objects"), ...own, gitFolder];
  return [
    { path: mirror, source: mirror, access: "read" },
    ...writable.map((path) => ({ path, source: path, access: "write" as const })),
  ];
}

/** How many of the agents' commands are alive, in whatever namespace. */
async function sleepers(): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const commands = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return commands.filter((command) => command === `sleep\0${napping}\0`).length;
}
