import type { AgentEvent, RunOrder } from "@signalbox/contracts";
import { writeAgentScript, type AgentScript } from "./agent-script.ts";
import type { SimulatedRun } from "./simulated-run.ts";
import type { World } from "./world.ts";

/** What goes on inside a run: the workspace, the session, the turns, as its script has it. */
export class SimulatedAgent {
  readonly script: AgentScript;
  readonly #world: World;
  readonly #order: RunOrder;
  readonly #run: SimulatedRun;
  #turn = 0;
  #tokens = 0;

  constructor(world: World, order: RunOrder, run: SimulatedRun) {
    this.#world = world;
    this.#order = order;
    this.#run = run;
    this.script = writeAgentScript(world.agentRandom, world.faults, world.agents);
  }

  /** Turns that it has begun. */
  get turn(): number {
    return this.#turn;
  }

  get tokens(): number {
    return this.#tokens;
  }

  begin(): void {
    this.#run.say({ type: "phase-changed", phase: "preparing-workspace" });
    this.#run.after(this.script.prepareMs, "workspace made", () => this.#onPrepared());
  }

  #onPrepared(): void {
    const { workspaces } = this.#world;
    const { issue } = this.#order;
    if (this.script.ending === "cannot start") {
      this.#run.end({
        kind: "failed",
        code: "spawn",
        retryable: true,
        message: "it could not be started",
      });
      return;
    }
    const workspace = workspaces.prepare(issue.id, issue.identifier);
    const fingerprint = workspaces.fingerprint(issue.id);
    this.#run.say({ type: "workspace-prepared", workspace, fingerprint });
    this.#run.say({ type: "phase-changed", phase: "starting-session" });
    this.#run.after(this.script.startMs, "session started", () => {
      const sessionId = this.#order.resumeSessionId ?? `session-${this.#run.runId}`;
      this.#say({ type: "session-started", sessionId, model: null });
      this.#run.say({ type: "phase-changed", phase: "running-turn" });
      this.beginTurn();
    });
  }

  /** Also when the daemon says that it may go on. */
  beginTurn(): void {
    this.#turn += 1;
    const { turnMs, ending, tokensPerTurn } = this.script;
    const lastsMs = turnMs[this.#turn - 1] ?? turnMs.at(-1) ?? 1_000;
    const isLast = this.#turn >= turnMs.length;
    this.#breathe(lastsMs, isLast && ending === "hangs");
    if (isLast && ending === "hangs") {
      const { turnTimeoutMs } = this.#order.config.agent;
      this.#run.after(lastsMs / 2 + turnTimeoutMs, "turn timed out", () =>
        this.#run.end({ kind: "timed-out", limit: "turn", limitMs: turnTimeoutMs }),
      );
      return;
    }
    this.#run.after(lastsMs, "turn ended", () => {
      this.#use(tokensPerTurn - Math.floor(tokensPerTurn / 2));
      if (isLast) {
        this.#finishWork(ending);
        return;
      }
      this.#world.workspaces.change(this.#run.issueId, false);
      this.#run.askWhatNext(false);
    });
  }

  /** An agent that works is heard of: within two thirds of the time after which it would count as stalled. */
  #breathe(lastsMs: number, hangs: boolean): void {
    const { tokensPerTurn } = this.script;
    this.#run.after(lastsMs / 2, "agent works", () => this.#use(Math.floor(tokensPerTurn / 2)));
    if (hangs) return;
    const { stallTimeoutMs } = this.#order.config.agent;
    const turn = this.#turn;
    const everyMs = (stallTimeoutMs * 2) / 3;
    const breathe = (): void => {
      if (turn !== this.#turn || this.#run.question !== null) return;
      this.#say({ type: "notice", level: "info", text: "working" });
      this.#run.after(everyMs, "agent breathes", breathe);
    };
    if (stallTimeoutMs > 0 && everyMs < lastsMs)
      this.#run.after(everyMs, "agent breathes", breathe);
  }

  #finishWork(ending: AgentScript["ending"]): void {
    const { workspaces, scheduler, faults } = this.#world;
    switch (ending) {
      case "works":
        workspaces.change(this.#run.issueId, true);
        return this.#run.askWhatNext(true);
      case "lies":
        return this.#run.askWhatNext(false);
      case "forgets to commit":
        workspaces.change(this.#run.issueId, false);
        return this.#run.askWhatNext(false);
      case "fails":
      case "cannot start":
        return this.#run.end({
          kind: "failed",
          code: "agent-error",
          retryable: true,
          message: "it failed",
        });
      case "refuses":
        return this.#run.end({
          kind: "failed",
          code: "auth",
          retryable: false,
          message: "not logged in",
        });
      case "asks":
        return this.#run.end({ kind: "needs-input", question: "Which one?" });
      case "meets a quota": {
        const inMs = faults.random.between(0, 3_600_000);
        const resetsAt = faults.random.chance(0.2) ? null : scheduler.now + inMs;
        return this.#run.end({ kind: "quota-exhausted", pool: "plan", resetsAt });
      }
      case "dies":
      case "outlives its runner":
        return this.#run.die(ending !== "dies");
      case "hangs":
        return;
    }
  }

  #use(tokens: number): void {
    this.#tokens += tokens;
    this.#world.auditor.onTokens(this.#run, tokens);
    const nothing = { cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: null };
    const usage = { pool: "plan", inputTokens: this.#tokens, outputTokens: 0, ...nothing };
    this.#say({ type: "usage", usage });
  }

  #say(event: AgentEvent): void {
    this.#run.say({ type: "agent-event", event });
  }
}
