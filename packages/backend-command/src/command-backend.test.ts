import { mkdtemp, readdir, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isAlive } from "@signalbox/process";
import { never, script, startSession } from "./__fixtures__/start-session.ts";
import { CommandBackend, type CommandOptions } from "./index.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-command-")));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

async function turn(options: CommandOptions, prompt = "the prompt") {
  const started = await startSession(options, { cwd: folder });
  const outcome = await started.session.runTurn(prompt, never);
  await started.session.close();
  return { ...started, outcome };
}

describe("a turn", () => {
  it("R-501 starts the program in the workspace", async () => {
    const { outcome, messages } = await turn({ program: ["pwd"] });
    expect(outcome).toEqual({ kind: "succeeded" });
    expect(messages()).toBe(folder);
  });

  describe("R-501 no prompt is interpreted by a shell", () => {
    const prompt = `$(touch pwned) \`touch pwned\` "; touch pwned; ' \\ $HOME é\nsecond line`;

    it.each<CommandOptions>([
      { program: ["cat"] },
      { program: script('cat "$1"'), prompt: "file" },
      { program: script('cat "$SIGNALBOX_PROMPT_FILE"'), prompt: "file" },
      { program: script('printf %s "$1"'), prompt: "argument" },
      { program: "cat", shell: true },
      { program: 'cat "$1"', shell: true, prompt: "file" },
      { program: 'printf %s "$1"', shell: true, prompt: "argument" },
    ])("with %j", async (options) => {
      const { outcome, messages } = await turn(options, prompt);
      expect(outcome).toEqual({ kind: "succeeded" });
      expect(messages()).toBe(prompt);
      expect(await readdir(folder)).not.toContain("pwned");
    });
  });

  it("R-501 a prompt that may be long is not in the arguments", async () => {
    const print = script(String.raw`tr '\0' ' ' </proc/$$/cmdline; cat >/dev/null`);
    const prompt = "a secret plan".repeat(100_000);
    for (const mode of ["stdin", "file"] as const) {
      const { outcome, messages } = await turn({ program: print, prompt: mode }, prompt);
      expect(outcome).toEqual({ kind: "succeeded" });
      expect(messages()).not.toContain("secret plan");
    }
  });

  it.each([
    ["x".repeat(65_537), /65537 bytes/],
    ["--dangerously", /begins with "-"/],
    ["a\0b", /NUL/],
  ])("R-501 refuses a prompt that cannot be an argument", async (prompt, message) => {
    const { outcome } = await turn({ program: ["echo"], prompt: "argument" }, prompt);
    expect(outcome).toEqual({
      kind: "failed",
      code: "prompt",
      retryable: false,
      message: expect.stringMatching(message),
    });
  });

  it("removes the prompt file, and never puts it into the workspace", async () => {
    const { messages } = await turn({ program: ["echo"], prompt: "file" });
    expect(messages()).toMatch(/^\/.*\/prompt\.md$/);
    expect(messages()).not.toContain(folder);
    await expect(readdir(join(messages(), ".."))).rejects.toMatchObject({ code: "ENOENT" });
  });

  it("R-507 standard error is apart from the messages, and its last line is in the failure", async () => {
    const program = script("echo working; echo first >&2; echo 'disk is full' >&2; exit 3");
    const { outcome, messages, transcript } = await turn({ program });
    expect(outcome).toEqual({
      kind: "failed",
      code: "agent-exit",
      retryable: true,
      message: "sh exited with code 3: disk is full",
    });
    expect(messages()).toBe("working");
    expect(transcript).toEqual(
      expect.arrayContaining(["working", "[stderr] first", "[stderr] disk is full"]),
    );
  });

  it("R-507 the failure of an agent that crashed names its error, not what the runtime prints behind it", async () => {
    const { outcome } = await turn({
      program: [process.execPath, "--eval", "throw new Error('no key')"],
    });
    expect(outcome).toMatchObject({ message: "node exited with code 1: Error: no key" });
  });

  it("R-521 the transcript has every line, also those that no message needs", async () => {
    const { transcript } = await turn({ program: script("seq 1 5000; echo; printf end") });
    expect(transcript).toHaveLength(5002);
    expect(transcript.slice(-3)).toEqual(["5000", "", "end"]);
  });

  it("R-506 binary output and lines beyond the limit harm nothing", async () => {
    const program = script(
      "head -c 300000 /dev/urandom; echo; head -c 100000 /dev/zero; echo; echo end",
    );
    const started = await startSession({ program }, { limits: { maxLineBytes: 1000 } });
    expect(await started.session.runTurn("", never)).toEqual({ kind: "succeeded" });
    expect(started.transcript.at(-1)).toBe("end");
    expect(started.transcript.at(-2)).toBe(`${"\0".repeat(1000)} [99000 bytes left out]`);
    expect(started.events.filter((event) => event.type === "notice")).toHaveLength(1);
  });

  it("R-522 a flood becomes a few bounded messages", async () => {
    const before = performance.now();
    const { outcome, events } = await turn({ program: script("yes | head -n 300000") });
    const tookMs = performance.now() - before;
    expect(outcome).toEqual({ kind: "succeeded" });
    const sizes = events.flatMap((event) => (event.type === "message" ? [event.text.length] : []));
    expect(sizes.length).toBeLessThanOrEqual(tookMs / 100 + 2);
    expect(Math.max(...sizes)).toBeLessThan(20_000);
  });

  it("R-515 is canceled before it starts where its signal is aborted already", async () => {
    const { session, events } = await startSession({ program: ["echo", "hello"] });
    const outcome = await session.runTurn("", AbortSignal.abort("operator"));
    expect(outcome).toMatchObject({ kind: "canceled" });
    expect(events.map((event) => event.type)).toEqual([]);
  });
});

describe("outcomes", () => {
  it.each([
    [0, {}, { kind: "succeeded" }],
    [1, {}, { kind: "failed", code: "agent-exit", retryable: true }],
    [126, {}, { kind: "failed", code: "agent-not-found", retryable: false }],
    [127, {}, { kind: "failed", code: "agent-not-found", retryable: false }],
    [3, { 3: "succeeded" }, { kind: "succeeded" }],
    [0, { 0: "retry" }, { kind: "failed", retryable: true }],
    [2, { 2: "failed" }, { kind: "failed", retryable: false }],
    [75, { 75: "quota-exhausted" }, { kind: "quota-exhausted", pool: "sh", resetsAt: null }],
  ] as const)("R-512 code %i with %j", async (code, exitCodes, expected) => {
    const { outcome } = await turn({ program: script(`exit ${code}`), exitCodes });
    expect(outcome).toMatchObject(expected);
  });

  it("R-510 a question parks, with what was asked", async () => {
    const program = script("echo 'Which database?'; echo 'a) one  b) other'; exit 4");
    const { outcome, events } = await turn({ program, exitCodes: { 4: "needs-input" } });
    const question = "Which database?\na) one  b) other";
    expect(outcome).toEqual({ kind: "needs-input", question });
    expect(events.at(-1)).toEqual({ type: "input-requested", question });
  });

  it("R-510 a program that reads its terminal gets the end of the input", async () => {
    const { outcome } = await turn({
      program: script("read answer || exit 9"),
      prompt: "argument",
    });
    expect(outcome).toMatchObject({ kind: "failed", message: "sh exited with code 9." });
  });

  it("R-512 a signal is a failure", async () => {
    const { outcome } = await turn({ program: script("kill -KILL $$") });
    expect(outcome).toMatchObject({
      kind: "failed",
      retryable: true,
      message: "sh was ended by SIGKILL.",
    });
  });

  it("R-517 a program that is missing when the turn starts is a failure that says so", async () => {
    const agent = join(folder, "agent.sh");
    await writeFile(agent, "#!/bin/sh\n", { mode: 0o755 });
    const { session } = await startSession({ program: [agent] });
    await rm(agent);
    expect(await session.runTurn("", never)).toMatchObject({
      kind: "failed",
      code: "agent-not-found",
      retryable: false,
      message: expect.stringContaining(agent),
    });
  });
});

describe("time and stops", () => {
  it("R-505 silence ends a turn, and output of either kind resets it", async () => {
    const each = "for i in 1 2 3 4 5 6; do sleep 0.2; echo $i";
    const program = script(`${each}; done; ${each} >&2; done; sleep 60`);
    const started = await startSession({ program }, { limits: { silenceTimeoutMs: 800 } });
    const outcome = await started.session.runTurn("", never);
    expect(outcome).toEqual({ kind: "timed-out", limit: "turn", limitMs: 800 });
    expect(started.transcript).toHaveLength(12);
  });

  const family = script(
    "trap '' TERM; echo $$; setsid sleep 60 & echo $!; sleep 60 & echo $!; wait; wait",
  );

  async function startFamily(signal: AbortSignal = never) {
    const started = await startSession({ program: family }, { signal });
    const outcome = started.session.runTurn("", never);
    await started.message("\n");
    const pids = started.messages().split("\n").map(Number);
    expect(pids).toHaveLength(3);
    return { ...started, outcome, living: () => pids.filter((pid) => isAlive(pid, null)) };
  }

  it("R-514 an interrupted turn leaves nobody alive", async () => {
    const { session, outcome, living } = await startFamily();
    await session.interrupt();
    expect(await outcome).toMatchObject({ kind: "canceled" });
    expect(living()).toEqual([]);
  });

  it("R-514 nor does one whose order is aborted", async () => {
    const order = new AbortController();
    const { outcome, living } = await startFamily(order.signal);
    order.abort();
    expect(await outcome).toMatchObject({ kind: "canceled" });
    expect(living()).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")(
    "R-514 what may have survived is told, and not killed on suspicion",
    async () => {
      // Its parent ends; it has a session of its own, no environment, none of our outputs.
      const hermit = `const { spawn } = require("node:child_process");
        const parent = \`const child = require("node:child_process").spawn("sleep", ["60"], { detached: true, env: {}, stdio: "ignore" }); console.log(child.pid); child.unref();\`;
        const made = spawn(process.execPath, ["-e", parent], { detached: true, env: { PATH: process.env.PATH }, stdio: ["ignore", "pipe", "ignore"] });
        made.stdout.once("data", (pid) => made.once("exit", () => console.log(String(pid).trim())));`;
      const { outcome, events, messages } = await turn({
        program: [process.execPath, "-e", hermit],
      });
      expect(outcome).toEqual({ kind: "succeeded" });
      const pid = Number(messages());
      try {
        expect(isAlive(pid, null)).toBe(true);
        expect(events).toContainEqual({
          type: "notice",
          level: "warn",
          text: expect.stringContaining(String(pid)),
        });
      } finally {
        process.kill(pid, "SIGKILL");
      }
    },
  );

  it("R-515 nor does one that is closed, any number of times", async () => {
    const { session, outcome, living } = await startFamily();
    await Promise.all([session.close(), session.close()]);
    expect(living()).toEqual([]);
    await session.close();
    expect(await outcome).toMatchObject({ kind: "canceled" });
  });

  it("R-516 nothing is said after the outcome", async () => {
    const { session, events } = await startSession({ program: script("seq 1 1000") });
    await session.runTurn("", never);
    const said = events.length;
    // Longer than messages are held back.
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(events).toHaveLength(said);
  });
});

describe("sessions", () => {
  const tell = script('echo "$SIGNALBOX_SESSION_ID ${SIGNALBOX_SESSION_RESUMED:-new}"');

  it("R-504 the id is told when the program has started, stays the same over turns, and resumes", async () => {
    const first = await startSession({ program: tell });
    const id = first.session.sessionId;
    expect(first.events).toEqual([]);
    await first.session.runTurn("", never);
    const started = { type: "session-started", sessionId: id, model: null };
    expect(first.events.filter(({ type }) => type === "session-started")).toEqual([started]);
    await first.session.runTurn("", never);
    expect(first.messages()).toBe(`${id} new\n${id} 1`);

    const second = await startSession({ program: tell }, { resume: id });
    await second.session.runTurn("", never);
    expect(second.session.sessionId).toBe(id);
    expect(second.messages()).toBe(`${id} 1`);
  });

  it("R-517 a missing program is refused before anything starts, with the remedy", async () => {
    await expect(startSession({ program: ["no-such-agent"] })).rejects.toMatchObject({
      code: "agent-not-found",
      message: expect.stringContaining("no-such-agent"),
      remedy: expect.stringContaining("Install"),
    });
    await expect(
      startSession({ program: ["true"] }, { cwd: join(folder, "gone") }),
    ).rejects.toMatchObject({
      code: "spawn",
    });
  });

  it("R-515 nothing starts where the order is stopped already", async () => {
    await expect(
      startSession({ program: ["true"] }, { signal: AbortSignal.abort() }),
    ).rejects.toMatchObject({
      message: expect.stringContaining("stopped"),
    });
  });
});

describe("environment", () => {
  it("R-518 the agent sees no secret of the daemon, also not through a login profile", async () => {
    const home = await mkdtemp(join(folder, "home-"));
    for (const name of [".profile", ".bash_profile", ".bashrc"]) {
      await writeFile(join(home, name), "export LINEAR_API_KEY=from-profile\n");
    }
    const before = process.env["LINEAR_API_KEY"];
    process.env["LINEAR_API_KEY"] = "from-daemon";
    try {
      for (const options of [
        { program: ["env"] as const, env: { HOME: home } },
        { program: "env", shell: true, env: { HOME: home } },
      ]) {
        const { outcome, messages } = await turn(options);
        expect(outcome).toEqual({ kind: "succeeded" });
        expect(messages()).toContain(`HOME=${home}`);
        expect(messages()).not.toContain("LINEAR_API_KEY");
      }
    } finally {
      if (before === undefined) delete process.env["LINEAR_API_KEY"];
      else process.env["LINEAR_API_KEY"] = before;
    }
  });

  it("gives the agent the order's variables, its own and those that are named, and takes secrets out of what it says", async () => {
    process.env["SIGNALBOX_TEST_PASSED"] = "passed-value";
    try {
      const started = await startSession(
        {
          program: script(
            'echo "$MODE $API_KEY $SIGNALBOX_TEST_PASSED $SIGNALBOX_RUN_ID"; echo "bad $API_KEY" >&2; exit 1',
          ),
          env: { MODE: "production", API_KEY: "sk-12345678", SIGNALBOX_RUN_ID: "overridden" },
          passEnv: ["SIGNALBOX_TEST_PASSED"],
        },
        { environment: { SIGNALBOX_RUN_ID: "test/run-1" } },
      );
      const outcome = await started.session.runTurn("", never);
      expect(started.transcript[0]).toBe("production sk-12345678 passed-value test/run-1");
      expect(started.messages()).toBe("production [API_KEY] [SIGNALBOX_TEST_PASSED] test/run-1");
      expect(outcome).toMatchObject({ message: "sh exited with code 1: bad [API_KEY]" });
    } finally {
      delete process.env["SIGNALBOX_TEST_PASSED"];
    }
  });
});

it("the example of the README works", async () => {
  const backend = new CommandBackend({
    program: ["node", "-e", "process.stdin.pipe(process.stdout)"],
    exitCodes: { 75: "quota-exhausted" },
  });
  const session = await backend.startSession({
    cwd: process.cwd(),
    resume: null,
    environment: {},
    limits: {
      startupTimeoutMs: 10_000,
      silenceTimeoutMs: 60_000,
      graceMs: 5_000,
      maxLineBytes: 1 << 20,
    },
    tools: { list: () => [], call: () => Promise.reject(new Error("no tools")), mcp: null },
    transcribe: () => undefined,
    emit: (event) => said.push(event.type),
    signal: never,
  });
  const outcome = await session.runTurn("Add a README", never);
  await session.close();
  expect(outcome).toEqual({ kind: "succeeded" });
  expect(said).toEqual(["session-started", "message"]);
});
const said: string[] = [];
