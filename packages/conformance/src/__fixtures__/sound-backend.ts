import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as breath } from "node:timers/promises";
import {
  type AgentUsage,
  type Backend,
  type Session,
  type SessionOrder,
  SignalboxError,
  type TurnOutcome,
} from "@signalbox/contracts";
import type {
  BackendScenarios,
  BackendSubject,
  ScenarioName,
  ScenarioPlace,
} from "../backend/backend-subject.ts";

export const secret = "sk-sound-12345678";
const canceled: TurnOutcome = { kind: "canceled", reason: "operator" };

/** A backend that keeps every law, with an agent that lives in this process. Tests break it, one law at a time. */
export class SoundBackend implements Backend {
  readonly scenario: ScenarioName;
  readonly place: ScenarioPlace;

  constructor(scenario: ScenarioName, place: ScenarioPlace) {
    this.scenario = scenario;
    this.place = place;
  }

  async startSession(order: SessionOrder): Promise<Session> {
    if (order.signal.aborted) throw new SignalboxError("internal", "The order is stopped already");
    if (this.scenario === "unstartable") {
      throw new SignalboxError("agent-not-found", "There is no agent", { remedy: "Install it" });
    }
    if (this.scenario === "mute") {
      await aborted([order.signal, AbortSignal.timeout(order.limits.startupTimeoutMs)]);
      throw new SignalboxError("startup-timed-out", "The agent did not start in time");
    }
    return new SoundSession(this, order);
  }
}

export class SoundSession implements Session {
  readonly sessionId: string;
  readonly #backend: SoundBackend;
  readonly #order: SessionOrder;
  readonly #closing = new AbortController();
  #interruption = new AbortController();
  #turn: Promise<TurnOutcome> | null = null;
  #turns = 0;

  constructor(backend: SoundBackend, order: SessionOrder) {
    this.#backend = backend;
    this.#order = order;
    this.sessionId = order.resume ?? randomUUID();
    order.emit({ type: "session-started", sessionId: this.sessionId, model: null });
  }

  async runTurn(prompt: string, signal: AbortSignal): Promise<TurnOutcome> {
    this.#interruption = new AbortController();
    const stops = [signal, this.#order.signal, this.#closing.signal, this.#interruption.signal];
    if (stops.some((stop) => stop.aborted)) return canceled;
    this.#turn = this.#play(prompt, stops);
    return this.#turn;
  }

  async interrupt(): Promise<void> {
    this.#interruption.abort();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turn;
  }

  async #play(prompt: string, stops: readonly AbortSignal[]): Promise<TurnOutcome> {
    const { emit, cwd, limits } = this.#order;
    const { scenario, place } = this.#backend;
    this.#turns += 1;
    const say = (text: string): void => emit({ type: "message", role: "agent", text });
    switch (scenario) {
      case "success":
        say("Working.");
        writeFileSync(join(cwd, "conformance.txt"), "done\n");
        return { kind: "succeeded" };
      case "failure":
      case "crash":
      case "leak":
        say("Working with [API_KEY].");
        return { kind: "failed", code: "agent-error", retryable: true, message: "It broke." };
      case "echo":
      case "resume": {
        const memory = join(place.folder, this.sessionId);
        appendFileSync(memory, `${prompt}\n`);
        say(existsSync(memory) ? readFileSync(memory, "utf8") : "");
        return { kind: "succeeded" };
      }
      case "hang": {
        say("Working.");
        const limitMs = limits.silenceTimeoutMs;
        const silence = limitMs > 0 ? [AbortSignal.timeout(limitMs)] : [];
        await aborted([...stops, ...silence]);
        const isStopped = stops.some((stop) => stop.aborted);
        return isStopped ? canceled : { kind: "timed-out", limit: "turn", limitMs };
      }
      case "stray": {
        const stray = startStray(this.#order);
        await once(stray, "spawn");
        say("Working.");
        await aborted(stops);
        stray.kill("SIGKILL");
        await once(stray, "exit");
        return canceled;
      }
      case "usage":
        emit({ type: "usage", usage: usageOf(this.#turns) });
        emit({ type: "usage", usage: usageOf(this.#turns) });
        return { kind: "succeeded" };
      case "ask":
        emit({ type: "input-requested", question: "Which database?" });
        return { kind: "needs-input", question: "Which database?" };
      case "quota":
        return { kind: "quota-exhausted", pool: "plan", resetsAt: Date.UTC(2050, 0) };
      case "flood":
        for (let line = 0; line < 32_768; line += 1) {
          this.#order.transcribe(String(line).padEnd(1_024, "."));
          if (line % 1_024 === 0) await breath();
        }
        say("So much to say.");
        return { kind: "succeeded" };
      case "noise":
        this.#order.transcribe("x".repeat(limits.maxLineBytes));
        emit({ type: "notice", level: "warn", text: "A line was cut." });
        return { kind: "succeeded" };
      case "unstartable":
      case "mute":
        throw new Error("There is no such session");
    }
  }
}

/** A subject whose backends are what `change` makes of sound ones. */
export function soundSubject(change: (sound: SoundBackend) => Backend = (sound) => sound) {
  const play =
    (scenario: ScenarioName) =>
    (place: ScenarioPlace): Backend =>
      change(new SoundBackend(scenario, place));
  const scenarios: Required<BackendScenarios> = {
    success: play("success"),
    failure: play("failure"),
    hang: play("hang"),
    crash: play("crash"),
    echo: play("echo"),
    resume: play("resume"),
    usage: play("usage"),
    ask: play("ask"),
    quota: play("quota"),
    flood: play("flood"),
    noise: play("noise"),
    stray: play("stray"),
    leak: play("leak"),
    unstartable: play("unstartable"),
    mute: play("mute"),
  };
  const subject: BackendSubject = {
    name: "sound",
    scenarios,
    secrets: [secret],
    patienceMs: 3_000,
    silenceTimeoutMs: 100,
  };
  return subject;
}

export function usageOf(turns: number): AgentUsage {
  return {
    pool: "plan",
    inputTokens: 10 * turns,
    outputTokens: 5 * turns,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: 0.01 * turns,
  };
}

export function startStray({ environment, cwd }: SessionOrder): ChildProcess {
  return spawn("sh", ["-c", "trap '' TERM; exec sleep 61"], {
    cwd,
    env: { PATH: process.env["PATH"], ...environment },
    detached: true,
    stdio: "ignore",
  });
}

async function aborted(signals: readonly AbortSignal[]): Promise<void> {
  const signal = AbortSignal.any([...signals]);
  if (!signal.aborted) await once(signal, "abort");
}
