import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent, Containment, TurnOutcome } from "@signalbox/contracts";
import { lookUpAgent, type ModelServer, scenario, startModelServer } from "@signalbox/model-server";
import { describeContainment, isAlive } from "@signalbox/process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  git,
  makeRepository,
  never,
  type OrderOverrides,
  startSession,
  type TestSession,
} from "./__fixtures__/start-session.ts";
import type { ClaudeCodeOptions } from "./index.ts";

const agent = lookUpAgent("claude-code");
const { tier } = await describeContainment();
const note = agent.isInstalled ? "" : ` (${agent.reason})`;
const key = "sk-ant-not-a-real-key";

/** Claude Code refuses to sleep for long by itself. */
const sleeping = "python3 -c 'import time; time.sleep(60)'";

let folder: string;
let server: ModelServer;

interface Given {
  readonly options?: ClaudeCodeOptions;
  readonly order?: OrderOverrides;
  readonly cwd?: string;
}

/** A session whose model plays the scenario. */
async function started(played: string, given: Given = {}): Promise<TestSession & { cwd: string }> {
  const cwd = given.cwd ?? (await makeRepository(folder));
  const session = await startSession(
    {
      program: agent.isInstalled ? agent.program[0] : "claude",
      maxRetries: 1,
      ...given.options,
      env: {
        HOME: join(folder, "home"),
        TMPDIR: folder,
        ANTHROPIC_BASE_URL: server.scenarioUrl(played),
        ANTHROPIC_API_KEY: key,
        ...given.options?.env,
      },
    },
    { cwd, sessionFolder: join(folder, "sessions"), ...given.order },
  );
  return { ...session, cwd };
}

/** One turn, and the end of its session. */
async function turn(
  played: string,
  given: Given = {},
): Promise<TestSession & { cwd: string; outcome: TurnOutcome }> {
  const session = await started(played, given);
  const outcome = await session.session.runTurn("Do it", never);
  await session.session.close();
  return { ...session, outcome };
}

function ofType<Type extends AgentEvent["type"]>(
  events: readonly AgentEvent[],
  type: Type,
): Extract<AgentEvent, { type: Type }>[] {
  return events.filter(
    (event): event is Extract<AgentEvent, { type: Type }> => event.type === type,
  );
}

function lastUsage(events: readonly AgentEvent[]): unknown {
  return ofType(events, "usage").at(-1)?.usage;
}

describe.skipIf(!agent.isInstalled)(`the real claude${note}`, () => {
  beforeAll(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-claude-code-")));
    await mkdir(join(folder, "home"));
    server = await startModelServer();
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  it("R-501 R-502 R-504 edits a file in the workspace, commits it, and says what it did", async () => {
    const { outcome, events, cwd, session } = await turn("write-file:notes.txt:hello");
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await readFile(join(cwd, "notes.txt"), "utf8")).toBe("hello");
    expect(await git(cwd, "log", "-1", "--format=%s")).toBe("Add notes.txt\n");
    expect(await git(cwd, "status", "--short", "--ignored")).toBe("");
    expect(events[0]).toMatchObject({ type: "session-started", sessionId: session.sessionId });
    expect(ofType(events, "tool-call").map(({ tool }) => tool)).toEqual(["Write", "Bash"]);
    expect(ofType(events, "tool-result").map(({ isError }) => isError)).toEqual([false, false]);
    expect(ofType(events, "message").at(-1)?.text).toBe("All done.");
    expect(ofType(events, "notice").map(({ text }) => text)).toEqual([
      "Claude Code 2.1.330, permissions accept-edits (acceptEdits), settings: none",
    ]);
  });

  it("R-504 R-511 goes on with a session in a new process, and counts its own usage alone", async () => {
    const first = await turn("write-each-turn:turn.txt");
    const resume = first.session.sessionId;
    const again = await turn("write-each-turn:turn.txt", { cwd: first.cwd, order: { resume } });
    expect(again.outcome).toEqual({ kind: "succeeded" });
    expect(again.session.sessionId).toBe(resume);
    expect(await git(first.cwd, "log", "--format=%s")).toBe(
      "Add turn-2.txt\nAdd turn-1.txt\nBegin\n",
    );
    expect(lastUsage(first.events)).toMatchObject({ pool: "anthropic", inputTokens: 300 });
    expect(lastUsage(again.events)).toEqual(lastUsage(first.events));
  });

  it("takes one prompt after the other in one process", async () => {
    const { session, events, cwd } = await started("write-each-turn:turn.txt");
    expect(await session.runTurn("First", never)).toEqual({ kind: "succeeded" });
    expect(await session.runTurn("Second", never)).toEqual({ kind: "succeeded" });
    await session.close();
    expect(await git(cwd, "log", "--format=%s")).toBe("Add turn-2.txt\nAdd turn-1.txt\nBegin\n");
    expect(ofType(events, "usage").at(-1)?.usage).toMatchObject({ inputTokens: 600 });
    expect(ofType(events, "session-started")).toHaveLength(1);
  });

  it("R-504 begins a new session where the old one is not known any more", async () => {
    const resume = "99999999-2222-4333-8444-555555555555";
    const { outcome, events, session } = await turn("text", { order: { resume } });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(session.sessionId).not.toBe(resume);
    expect(ofType(events, "notice")[0]?.text).toContain(resume);
  });

  it("R-503 R-508 read-only refuses what would change something", async () => {
    const { outcome, events, cwd } = await turn("write-file:notes.txt", {
      options: { permissions: "read-only" },
    });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(await git(cwd, "log", "--format=%s")).toBe("Begin\n");
    expect(await git(cwd, "status", "--short", "--ignored")).toBe("");
    const decisions = ofType(events, "approval-requested").map(({ decision }) => decision);
    expect(new Set(decisions)).toEqual(new Set(["denied"]));
    expect(ofType(events, "notice").map(({ text }) => text)).toEqual([
      "Claude Code 2.1.330, permissions read-only (default), settings: none",
      expect.stringMatching(/refused in this turn: Bash/),
    ]);
  });

  it("R-508 accept-edits refuses files outside of the workspace", async () => {
    const outside = join(folder, "outside.txt");
    const { events } = await turn(scenario("write-only", outside));
    expect(ofType(events, "approval-requested")).toEqual([
      { type: "approval-requested", action: expect.stringMatching(/^Write/), decision: "denied" },
    ]);
    await expect(readFile(outside)).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("R-509 an unknown tool gets a failure, and the session goes on", async () => {
    const { outcome, events } = await turn("tool:no_such_tool");
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(ofType(events, "tool-result")).toEqual([expect.objectContaining({ isError: true })]);
  });

  it("R-510 a question for a person ends the turn", async () => {
    const questions = [
      {
        question: "Which database?",
        header: "Database",
        multiSelect: false,
        options: ["SQLite", "PostgreSQL"].map((label) => ({ label, description: label })),
      },
    ];
    const asking = scenario("tool", "AskUserQuestion", JSON.stringify({ questions }));
    const { outcome, events } = await turn(asking);
    const question = "Which database? (SQLite / PostgreSQL)";
    expect(outcome).toEqual({ kind: "needs-input", question });
    expect(ofType(events, "input-requested")).toEqual([{ type: "input-requested", question }]);
  });

  it.each([
    ["rate-limit", { kind: "quota-exhausted", pool: "anthropic", resetsAt: null }],
    ["quota:3600", { kind: "quota-exhausted", pool: "anthropic", resetsAt: null }],
    ["unauthorized", { kind: "failed", code: "auth", retryable: false }],
    ["billing", { kind: "failed", code: "billing", retryable: false }],
    ["overloaded", { kind: "failed", code: "overloaded", retryable: true }],
    ["server-error", { kind: "failed", code: "overloaded", retryable: true }],
    ["reset", { kind: "failed", code: "transport", retryable: true }],
    ["context-exceeded", { kind: "failed", code: "context-too-long", retryable: false }],
    ["unknown-model", { kind: "failed", code: "setup", retryable: false }],
    ["refusal", { kind: "failed", code: "agent-error", retryable: false }],
  ])("R-512 R-513 %s is told apart", async (played, outcome) => {
    expect((await turn(played)).outcome).toMatchObject(outcome);
  });

  it("R-513 without a key it is not logged in", async () => {
    const { outcome } = await turn("text", { options: { env: { ANTHROPIC_API_KEY: "" } } });
    expect(outcome).toMatchObject({ kind: "failed", code: "auth", retryable: false });
  });

  it("R-515 an interrupt ends the turn, and the session goes on", async () => {
    const { session, event } = await started(`${scenario("run", sleeping)},text`);
    const outcome = session.runTurn("Do it", never);
    await event(({ type }) => type === "approval-requested");
    await session.interrupt();
    expect(await outcome).toEqual({ kind: "canceled", reason: "operator" });
    expect(await session.runTurn("Go on", never)).toEqual({ kind: "succeeded" });
    await session.close();
  });

  it("R-514 R-515 stopping it leaves nothing alive, and the session can be resumed", async () => {
    const played = scenario("run", `echo $$ > pid; exec ${sleeping}`);
    const { session, event, cwd } = await started(played);
    const stop = new AbortController();
    const outcome = session.runTurn("Do it", stop.signal);
    await event(({ type }) => type === "approval-requested");
    const pid = await untilWritten(join(cwd, "pid"));
    expect(isAlive(pid, null)).toBe(true);
    stop.abort();
    expect(await outcome).toEqual({ kind: "canceled", reason: "operator" });
    expect(isAlive(pid, null)).toBe(false);
    await session.close();
    const again = await turn("text", { cwd, order: { resume: session.sessionId } });
    expect(again.outcome).toEqual({ kind: "succeeded" });
    expect(again.session.sessionId).toBe(session.sessionId);
  });

  it("R-505 a model that never answers is silence, which has a limit", async () => {
    const { outcome } = await turn("hang", { order: { limits: { silenceTimeoutMs: 1_500 } } });
    expect(outcome).toEqual({ kind: "timed-out", limit: "turn", limitMs: 1_500 });
  });

  it("R-518 its shell sees no key, and neither does anybody else", async () => {
    const { outcome, events, transcript } = await turn(
      scenario("run", "env; tr '\\0' '\\n' < /proc/$PPID/environ; cat <&3"),
    );
    expect(outcome).toEqual({ kind: "succeeded" });
    const [result] = ofType(events, "tool-result");
    expect(result?.text).toContain("CLAUDECODE=1");
    expect(JSON.stringify({ events, transcript })).not.toContain(key);
  });

  it("R-519 hooks and MCP servers of the repository do not run", async () => {
    const cwd = await makeRepository(folder);
    const touch = (name: string): string => `touch ${join(cwd, name)}`;
    await mkdir(join(cwd, ".claude"));
    const hook = { hooks: [{ type: "command", command: touch("hook-ran") }] };
    await writeFile(
      join(cwd, ".claude", "settings.json"),
      JSON.stringify({ hooks: { SessionStart: [hook], UserPromptSubmit: [hook] } }),
    );
    const mcpServers = { evil: { command: "sh", args: ["-c", touch("server-ran")] } };
    await writeFile(join(cwd, ".mcp.json"), JSON.stringify({ mcpServers }));
    await turn("text", { cwd });
    const ran = async (): Promise<string> => git(cwd, "ls-files", "--others", "*-ran");
    expect(await ran()).toBe("");
    await turn("text", { cwd, options: { settingSources: ["project"] } });
    expect(await ran()).toContain("hook-ran");
  });

  describe.skipIf(tier !== "bwrap")("in a sandbox", () => {
    it("R-501 R-504 it commits, sees nothing else, and goes on with its session in a new process", async () => {
      const cwd = await makeRepository(folder);
      await writeFile(join(folder, "secret"), "seen");
      const order = await locked(cwd);
      const look = scenario("run", `cat ${folder}/secret; ls -A ${folder}; touch /usr/new`);
      const first = await turn("write-each-turn:turn.txt", { cwd, order });
      expect(first.outcome).toEqual({ kind: "succeeded" });
      const resume = first.session.sessionId;
      const again = await turn("write-each-turn:turn.txt", { cwd, order: { ...order, resume } });
      expect(again.outcome).toEqual({ kind: "succeeded" });
      expect(again.session.sessionId).toBe(resume);
      expect(await git(cwd, "log", "--format=%s")).toBe("Add turn-2.txt\nAdd turn-1.txt\nBegin\n");
      const peek = await turn(look, { cwd, order });
      const [seen] = ofType(peek.events, "tool-result");
      expect(seen?.text).toContain("Read-only file system");
      expect(seen?.text).not.toMatch(/^(?:seen|secret)$/m);
    });

    it("R-514 is stopped with its tree", async () => {
      const cwd = await makeRepository(folder);
      const marker = `signalbox-${process.pid}-${Date.now()}`;
      const played = scenario("run", `touch ${marker}; setsid tail -f ${marker}`);
      const { session } = await started(played, { cwd, order: await locked(cwd) });
      const stop = new AbortController();
      const outcome = session.runTurn("Do it", stop.signal);
      await expect.poll(() => processesNaming(marker), { timeout: 10_000 }).toBeGreaterThan(0);
      stop.abort();
      expect(await outcome).toEqual({ kind: "canceled", reason: "operator" });
      expect(await processesNaming(marker)).toBe(0);
      await session.close();
    });
  });

  it("R-501 takes a prompt of 2 MB", async () => {
    const { session } = await started("text");
    const outcome = await session.runTurn(`${"word ".repeat(400_000)}end`, never);
    await session.close();
    expect(outcome).toEqual({ kind: "succeeded" });
  });
});

/** The workspace and a home of the run's own, as a host has them. */
async function locked(cwd: string): Promise<OrderOverrides> {
  const home = await mkdtemp(join(folder, "locked-"));
  const mounts = [cwd, home].map((path) => ({ path, source: path, access: "write" as const }));
  const limits = { memoryBytes: null, processes: null, cpuSeconds: null };
  const containment: Containment = {
    tier: "bwrap",
    network: "on",
    mounts,
    limits,
    modelGate: null,
  };
  return { containment, environment: { HOME: home, TMPDIR: "/tmp" } };
}

/** How many processes have the text in their command line; those in other namespaces, too. */
async function processesNaming(text: string): Promise<number> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")),
  );
  return lines.filter((line) => line.includes(text)).length;
}

/** The number in a file that somebody is about to write. */
async function untilWritten(path: string): Promise<number> {
  return expect
    .poll(async () => Number((await readFile(path, "utf8")).trim()), { timeout: 10_000 })
    .toBeGreaterThan(0)
    .then(async () => Number(await readFile(path, "utf8")));
}
