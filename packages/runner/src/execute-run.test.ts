import { existsSync, readFileSync, rmdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RecordingObserver } from "./__fixtures__/recording-observer.ts";
import { aborted, ScriptedBackend, untilAborted } from "./__fixtures__/scripted-backend.ts";
import { createWorld, git, issueOf } from "./__fixtures__/world.ts";

const go = { kind: "go" } as const;

describe("a run", () => {
  it("goes from the workspace over the agent to one ending", async () => {
    const backend = new ScriptedBackend(async (_turn, { cwd, emit, transcribe }) => {
      writeFileSync(join(cwd, "work.txt"), "done\n");
      git(cwd, "add", ".");
      git(cwd, "commit", "--quiet", "--message=Work");
      transcribe("raw line");
      emit({ type: "message", role: "agent", text: "done" });
      return { kind: "succeeded" };
    });
    await using world = createWorld({ backend, kind: "git" });
    const observer = new RecordingObserver();
    await world.host.start(world.order({ attempt: 2, resumeSessionId: "session-0" }), observer);
    const ending = await observer.ending();

    expect(observer.story).toEqual([
      "preparing-workspace",
      "workspace-prepared",
      "rendering-prompt",
      "starting-session",
      "session-started",
      "running-turn",
      "message",
      "finishing",
      "ended",
    ]);
    expect(ending).toMatchObject({
      outcome: { kind: "succeeded" },
      turns: 1,
      fingerprint: { commitsAhead: 1, dirty: false },
    });
    expect(observer.turns[0]?.fingerprint).toEqual(ending.fingerprint);
    expect(backend.prompts).toEqual(["Do The first thing."]);
    expect(backend.closed).toBe(1);
    expect(backend.sessions[0]).toMatchObject({
      resume: "session-0",
      environment: {
        SIGNALBOX_RUN_ID: expect.stringMatching(/^[0-9a-f]{12}-run-1$/),
        SIGNALBOX_ISSUE_IDENTIFIER: "first",
        SIGNALBOX_BRANCH: "signalbox/first",
        SIGNALBOX_ATTEMPT: "2",
      },
      limits: { startupTimeoutMs: 60_000, silenceTimeoutMs: 3_600_000, graceMs: 5_000 },
    });
  });

  it("R-804 prices what the agent reports without a cost, by the model of its session", async () => {
    const backend = new ScriptedBackend(async (_turn, { emit }) => {
      emit({ type: "session-started", sessionId: "session-1", model: "m-1" });
      const counts = { outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 };
      emit({
        type: "usage",
        usage: { pool: "plan", inputTokens: 2_000_000, ...counts, costUsd: null },
      });
      return { kind: "succeeded" };
    });
    await using world = createWorld({ backend });
    const price = { input: 1.5, output: 6, cacheRead: null, cacheWrite: null };
    const observer = new RecordingObserver();
    const config = { ...world.config, prices: { "m-1": price } };
    await world.host.start(world.order({ config }), observer);
    await observer.ending();
    expect(observer.events).toContainEqual(
      expect.objectContaining({
        event: { type: "usage", usage: expect.objectContaining({ costUsd: 3 }) },
      }),
    );
  });

  it("R-521 keeps prompt and raw lines in the run's own transcript", async () => {
    const backend = new ScriptedBackend(async (_turn, { transcribe }) => {
      transcribe("raw line");
      return { kind: "succeeded" };
    });
    await using world = createWorld({ backend });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.ending();
    const path = join(world.config.stateDir, "runs", "run-1", "transcript.jsonl");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { source: "prompt", text: "Do The first thing." },
      { source: "agent", text: "raw line" },
    ]);
  });

  it("R-214 starts the agent in its workspace, and not where that is not safe any more", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.ending();
    expect(backend.sessions[0]?.cwd).toBe(join(world.config.workspace.root, "first"));

    await using trap = createWorld({
      backend,
      onLoad: ({ workspace }) => {
        rmdirSync(join(workspace.root, "first"));
        symlinkSync("/tmp", join(workspace.root, "first"));
      },
    });
    const trapped = new RecordingObserver();
    await trap.host.start(trap.order(), trapped);
    expect(await trapped.ending()).toMatchObject({
      outcome: { kind: "failed", code: "workspace" },
    });
    expect(backend.sessions).toHaveLength(1);
  });

  it("R-425 goes on in the same session with a short prompt, as long as it is told to", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const observer = new RecordingObserver(go, go);
    await world.host.start(world.order(), observer);
    expect(await observer.ending()).toMatchObject({ outcome: { kind: "succeeded" }, turns: 3 });
    expect(observer.turns.map(({ turn }) => turn)).toEqual([1, 2, 3]);
    expect(backend.sessions).toHaveLength(1);
    expect(backend.prompts[1]).toContain("Go on");
    expect(backend.prompts[1]).not.toContain("Do The first thing.");
  });

  it("R-425 asks nobody after a turn which ends it by itself", async () => {
    const commits = new ScriptedBackend(async (turn, { cwd }) => {
      writeFileSync(join(cwd, "work.txt"), `${turn}\n`);
      if (turn === 2) git(cwd, "add", ".");
      if (turn === 2) git(cwd, "commit", "--quiet", "--message=Work");
      return { kind: "succeeded" };
    });
    await using world = createWorld({ backend: commits, kind: "git" });
    const observer = new RecordingObserver(go);
    await world.host.start(world.order({ endsAfter: "commit" }), observer);
    expect(await observer.ending()).toMatchObject({ turns: 2, fingerprint: { commitsAhead: 1 } });
    expect(observer.turns.map(({ turn }) => turn)).toEqual([1]);

    await using other = createWorld({ backend: new ScriptedBackend() });
    const asked = new RecordingObserver(go);
    await other.host.start(other.order({ endsAfter: "success" }), asked);
    expect(await asked.ending()).toMatchObject({ outcome: { kind: "succeeded" }, turns: 1 });
    expect(asked.turns).toEqual([]);
  });

  it("says that it is finishing when its agent is gone, and looks at the workspace when that is heard", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const heard = Promise.withResolvers<void>();
    const observer = new RecordingObserver();
    const closedAtFinish: number[] = [];
    const isFinishing = Promise.withResolvers<void>();
    await world.host.start(world.order(), {
      onTurnEnded: (turn) => observer.onTurnEnded(turn),
      async onEvent(event) {
        observer.onEvent(event);
        if (event.type !== "phase-changed" || event.phase !== "finishing") return;
        closedAtFinish.push(backend.closed);
        isFinishing.resolve();
        await heard.promise;
      },
    });
    await isFinishing.promise;
    expect(closedAtFinish).toEqual([1]);
    expect(observer.story.at(-1)).toBe("finishing");
    heard.resolve();
    await observer.ending();
  });

  it("R-425 takes no more than max_turns turns, whatever it is told", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend, agent: { maxTurns: 2 } });
    const observer = new RecordingObserver(go, go, go);
    await world.host.start(world.order(), observer);
    expect(await observer.ending()).toMatchObject({ outcome: { kind: "succeeded" }, turns: 2 });
  });

  it("ends with the reason that it is told between turns", async () => {
    await using world = createWorld({ backend: new ScriptedBackend() });
    const observer = new RecordingObserver({ kind: "end", reason: "issue-changed" });
    await world.host.start(world.order(), observer);
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "canceled", reason: "issue-changed" });
  });

  it.each([
    { kind: "needs-input", question: "Which one?" },
    { kind: "quota-exhausted", pool: "p", resetsAt: 5 },
    { kind: "failed", code: "agent-exit", retryable: true, message: "exit 3" },
    { kind: "timed-out", limit: "turn", limitMs: 7 },
  ] as const)("ends as its turn ended: $kind", async (outcome) => {
    await using world = createWorld({ backend: new ScriptedBackend(async () => outcome) });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    const ending = await observer.ending();
    expect(ending).toMatchObject({
      outcome,
      turns: 1,
      fingerprint: { digest: expect.any(String) },
    });
    expect(observer.turns).toEqual([]);
  });
});

describe("a prompt", () => {
  it.each([
    ["R-124 an unknown variable", "{{ issue.nonsense }}"],
    ["R-125 an unknown filter", "{{ issue.title | nonsense }}"],
    ["a broken tag", "{% if %}"],
  ])("R-127 that fails to render (%s) fails only its run", async (_name, template) => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const broken = new RecordingObserver();
    const sound = new RecordingObserver();
    const prompt = { ...world.config.prompt, template };
    await world.host.start(world.order({ config: { ...world.config, prompt } }), broken);
    await world.host.start(world.order({ runId: "run-2", issue: issueOf("second") }), sound);
    expect(await broken.ending()).toMatchObject({
      outcome: { kind: "failed", code: "prompt", retryable: false },
      turns: 0,
    });
    expect(await sound.ending()).toMatchObject({ outcome: { kind: "succeeded" } });
    expect(backend.sessions).toHaveLength(1);
  });

  it("R-123 knows the attempt, which is null on the first run", async () => {
    const backend = new ScriptedBackend();
    const template =
      "{{ issue.identifier }} {% if attempt == null %}first{% else %}{{ attempt }}{% endif %}";
    await using world = createWorld({ backend, template });
    for (const [index, attempt] of [null, 1].entries()) {
      const observer = new RecordingObserver();
      await world.host.start(world.order({ runId: `run-${index}`, attempt }), observer);
      await observer.ending();
    }
    expect(backend.prompts).toEqual(["first first", "first 1"]);
  });
});

describe("the hooks of a run", () => {
  it("R-205 after_create fails the run, and no workspace is left", async () => {
    const backend = new ScriptedBackend();
    const hooks = { afterCreate: "echo broken >&2; exit 3", afterRun: "touch ../after-run" };
    await using world = createWorld({ backend, hooks });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    expect(await observer.ending()).toMatchObject({
      outcome: { kind: "failed", code: "hook", message: expect.stringContaining("broken") },
      fingerprint: null,
    });
    expect(existsSync(join(world.config.workspace.root, "first"))).toBe(false);
    expect(backend.sessions).toEqual([]);
  });

  it("R-206 before_run runs before each attempt, and its failure fails the attempt", async () => {
    const backend = new ScriptedBackend();
    const hooks = { beforeRun: "echo run >> ../runs; test $(wc -l < ../runs) -lt 3" };
    await using world = createWorld({ backend, hooks });
    const kinds: string[] = [];
    for (const runId of ["run-1", "run-2", "run-3"]) {
      const observer = new RecordingObserver();
      await world.host.start(world.order({ runId }), observer);
      kinds.push((await observer.ending()).outcome.kind);
    }
    expect(kinds).toEqual(["succeeded", "succeeded", "failed"]);
    expect(backend.sessions).toHaveLength(2);
  });

  it.each(["success", "failure", "timeout", "cancellation", "before_run's failure"])(
    "R-207 after_run runs after %s, and its error is logged only",
    async (how) => {
      const play = new ScriptedBackend(async (turn, order, prompt, signal) => {
        if (how === "success") return { kind: "succeeded" };
        if (how === "failure") throw new Error("broken");
        return untilAborted(turn, order, prompt, signal);
      });
      const hooks = {
        beforeRun: how === "before_run's failure" ? "exit 1" : null,
        afterRun: "touch ../after-run; exit 4",
      };
      await using world = createWorld({ backend: play, hooks, agent: { runTimeoutMs: 1_000 } });
      const observer = new RecordingObserver();
      await world.host.start(world.order(), observer);
      if (how === "timeout" || how === "cancellation") {
        await observer.until("running-turn");
        if (how === "timeout") world.clock.advance(1_000);
        else await world.host.stop("run-1", "operator");
      }
      const { outcome } = await observer.ending();
      expect(outcome.kind).toBe(
        { success: "succeeded", timeout: "timed-out", cancellation: "canceled" }[how] ?? "failed",
      );
      expect(existsSync(join(world.config.workspace.root, "after-run"))).toBe(true);
      expect(world.logged.join("\n")).toContain("after_run");
    },
  );

  it("look at the workspace after after_run, which may change it", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend, kind: "git", hooks: { afterRun: "touch left" } });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    expect(await observer.ending()).toMatchObject({ fingerprint: { dirty: true } });
    expect(observer.turns[0]?.fingerprint.dirty).toBe(false);
  });
});

describe("the limits of a run", () => {
  it("R-505 an agent that does not start in time times out, and what comes late is closed", async () => {
    const backend = new ScriptedBackend();
    const { promise, resolve } = Promise.withResolvers<void>();
    const slow = {
      startSession: async (order: Parameters<ScriptedBackend["startSession"]>[0]) => {
        await promise;
        return backend.startSession(order);
      },
    };
    await using world = createWorld({ backend: slow });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.until("starting-session");
    // The phase is told before the backend is loaded: time passes until the timer of the start runs.
    while (!observer.story.includes("ended")) {
      world.clock.advance(60_000);
      await new Promise(setImmediate);
    }
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "timed-out", limit: "startup", limitMs: 60_000 });
    expect(world.killed).toHaveLength(1);
    resolve();
    await new Promise(setImmediate);
    expect(backend.closed).toBe(1);
    expect(observer.story).not.toContain("session-started");
  });

  it("R-505 a run that takes longer than its wall time times out", async () => {
    const backend = new ScriptedBackend(untilAborted);
    await using world = createWorld({ backend, agent: { runTimeoutMs: 5_000 } });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.until("running-turn");
    world.clock.advance(5_000);
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "timed-out", limit: "run", limitMs: 5_000 });
  });

  it("R-505 the silence of a turn is the backend's to watch, with the limit of the file", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend, agent: { turnTimeoutMs: 1_234 } });
    const observer = new RecordingObserver();
    await world.host.start(world.order(), observer);
    await observer.ending();
    expect(backend.sessions[0]?.limits.silenceTimeoutMs).toBe(1_234);
  });

  it("R-439 ends in order when nobody says for 10 minutes whether it goes on", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const observer = new RecordingObserver();
    observer.onTurnEnded = async (turn) => {
      observer.turns.push(turn);
      return new Promise(() => undefined);
    };
    await world.host.start(world.order(), observer);
    while (observer.turns.length === 0) await new Promise(setImmediate);
    world.clock.advance(10 * 60_000 - 1);
    await new Promise(setImmediate);
    expect(observer.story).not.toContain("finishing");
    world.clock.advance(1);
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "canceled", reason: "daemon-absent" });
    expect(backend.closed).toBe(1);
  });

  it("R-439 ends in order when the daemon fails to say whether it goes on", async () => {
    await using world = createWorld({ backend: new ScriptedBackend() });
    const observer = new RecordingObserver();
    observer.onTurnEnded = async () => Promise.reject(new Error("no"));
    await world.host.start(world.order(), observer);
    const { outcome } = await observer.ending();
    expect(outcome).toEqual({ kind: "canceled", reason: "daemon-absent" });
  });
});

describe("stopping a run", () => {
  it.each([
    "preparing-workspace",
    "starting-session",
    "running-turn",
    "between turns",
    "finishing",
  ])("R-515 works at once while %s, and the first reason wins", async (phase) => {
    const backend = new ScriptedBackend(async (turn, order, prompt, signal) =>
      phase === "running-turn" ? untilAborted(turn, order, prompt, signal) : { kind: "succeeded" },
    );
    const hanging = {
      startSession: async (order: Parameters<ScriptedBackend["startSession"]>[0]) => {
        if (phase === "starting-session") await aborted(order.signal);
        return backend.startSession(order);
      },
    };
    const hooks = {
      beforeRun: phase === "preparing-workspace" ? "echo > ../started; sleep 60" : null,
      afterRun: phase === "finishing" ? "sleep 0.2" : null,
    };
    await using world = createWorld({ backend: hanging, hooks });
    const observer = new RecordingObserver();
    if (phase === "between turns") {
      observer.onTurnEnded = async (turn) => {
        observer.turns.push(turn);
        return new Promise(() => undefined);
      };
    }
    await world.host.start(world.order(), observer);
    if (phase === "between turns") {
      while (observer.turns.length === 0) await new Promise(setImmediate);
    } else if (phase === "preparing-workspace") {
      while (!existsSync(join(world.config.workspace.root, "started")))
        await new Promise(setImmediate);
    } else await observer.until(phase);
    await world.host.stop("run-1", "issue-terminal");
    await world.host.stop("run-1", "operator");
    const { outcome } = await observer.ending();
    expect(outcome).toEqual(
      phase === "finishing"
        ? { kind: "succeeded" }
        : { kind: "canceled", reason: "issue-terminal" },
    );
    expect(observer.story.filter((word) => word === "ended")).toHaveLength(1);
    await world.host.stop("run-1", "operator");
  });

  it("R-515 before it has begun starts nothing", async () => {
    const backend = new ScriptedBackend();
    await using world = createWorld({ backend });
    const observer = new RecordingObserver();
    const starting = world.host.start(world.order(), observer);
    await world.host.stop("run-1", "drain");
    await starting;
    expect(await observer.ending()).toEqual({
      outcome: { kind: "canceled", reason: "drain" },
      fingerprint: null,
      turns: 0,
    });
    expect(existsSync(world.config.workspace.root)).toBe(false);
    expect(backend.sessions).toEqual([]);
  });
});
