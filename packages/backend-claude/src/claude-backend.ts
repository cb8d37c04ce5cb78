import { homedir } from "node:os";
import { join } from "node:path";
import {
  type Backend,
  type BackendErrorCode,
  type Session,
  SignalboxError,
  type SessionOrder,
} from "@signalbox/contracts";
import { agentEnvironment, redactor } from "@signalbox/process";
import { askPerson } from "./ask-person.ts";
import { boundedVoice } from "./bounded-voice.ts";
import { CallRunner } from "./call-runner.ts";
import { type ClaudeOptions, type ClaudeSettings, settingsOf } from "./claude-options.ts";
import { ClaudeSession } from "./claude-session.ts";
import { boundedFetch } from "./request/bounded-fetch.ts";
import { type MessagesApi, ModelClient } from "./request/model-client.ts";
import { openSessionLog, type OpenedLog } from "./session/open-session-log.ts";
import { systemPrompt } from "./system-prompt.ts";
import { openToolbox } from "./tools/open-toolbox.ts";
import { TurnReport } from "./turn-report.ts";

export interface ClaudeSurroundings {
  /** Default: the global one. */
  readonly fetch?: typeof globalThis.fetch;
  /** Epoch milliseconds. Default: the system's clock. */
  readonly now?: () => number;
}

/**
 * Claude by the Messages API, as an agent with tools of our own. Its sessions are files of this package: any process
 * goes on with them.
 */
export class ClaudeBackend implements Backend {
  readonly #settings: ClaudeSettings;
  readonly #fetch: typeof globalThis.fetch;
  readonly #now: () => number;

  constructor(options: ClaudeOptions, surroundings: ClaudeSurroundings = {}) {
    this.#settings = settingsOf(options);
    this.#fetch = surroundings.fetch ?? globalThis.fetch;
    this.#now = surroundings.now ?? Date.now;
  }

  /** Rejects with `auth` without a key, with `internal` where the session's file cannot be opened. Sends nothing yet. */
  async startSession(order: SessionOrder): Promise<Session> {
    const api = await this.#openApi(order);
    const settings = this.#settings;
    const environment = agentEnvironment({
      from: process.env,
      allow: settings.passEnv,
      set: { ...settings.env, ...order.environment },
    });
    const secrets = { ...environment, ANTHROPIC_API_KEY: settings.apiKey };
    const redact = redactor(secrets, settings.passEnv);
    const reserved = new Set([askPerson.name]);
    const { toolbox, refused } = await openToolbox(order, settings, environment, reserved);
    const { sessionId, log, startedAfresh } = await openLog(settings, order);
    if (order.signal.aborted) {
      await log.close();
      throw stopped(order.signal);
    }
    order.emit({ type: "session-started", sessionId, model: settings.model });
    if (startedAfresh !== null) {
      notify(order, `The session ${order.resume} is not gone on with. ${startedAfresh}.`);
    }
    for (const name of refused) notify(order, `The tool ${name} cannot be offered to the model.`);
    const voice = boundedVoice(order);
    const billing = { pool: settings.pool, prices: order.prices ?? {} };
    return new ClaudeSession(sessionId, order, {
      settings,
      system: systemPrompt(settings, order.cwd),
      toolbox,
      log,
      model: new ModelClient(api, settings, this.#now),
      calls: new CallRunner(toolbox, log, voice, redact),
      report: new TurnReport(voice, log, billing, order.limits.budget, redact),
      redact,
      now: this.#now,
    });
  }

  async #openApi({ limits, signal }: SessionOrder): Promise<MessagesApi> {
    const { apiKey, baseUrl } = this.#settings;
    if (apiKey.trim() === "") {
      throw new SignalboxError<BackendErrorCode>("auth", "There is no key for the Messages API", {
        remedy: "Set ANTHROPIC_API_KEY, or backends.claude.api_key in the workflow file.",
      });
    }
    // Only now: a daemon that never starts this agent does not pay for it.
    const { Anthropic } = await import("@anthropic-ai/sdk");
    if (signal.aborted) throw stopped(signal);
    const client = new Anthropic({
      apiKey,
      ...(baseUrl === undefined ? {} : { baseURL: baseUrl }),
      fetch: boundedFetch(this.#fetch),
      maxRetries: 0,
      logLevel: "off",
      ...(limits.silenceTimeoutMs > 0 ? { timeout: limits.silenceTimeoutMs } : {}),
    });
    return client.messages;
  }
}

async function openLog(settings: ClaudeSettings, order: SessionOrder): Promise<OpenedLog> {
  const folder = settings.sessionFolder ?? order.sessionFolder ?? defaultFolder();
  try {
    return await openSessionLog(folder, order.resume);
  } catch (error) {
    throw new SignalboxError<BackendErrorCode>(
      "internal",
      `The session's file in ${folder} cannot be opened: ${error instanceof Error ? error.message : String(error)}`,
      {
        retryable: true,
        remedy: "See to the disk and to the rights of that folder.",
        cause: error,
      },
    );
  }
}

function defaultFolder(): string {
  const state = process.env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  return join(state, "signalbox", "claude-sessions");
}

function notify(order: SessionOrder, text: string): void {
  order.emit({ type: "notice", level: "warn", text });
}

function stopped(signal: AbortSignal): SignalboxError {
  return new SignalboxError<BackendErrorCode>(
    "internal",
    "The session was stopped before it began",
    { retryable: true, cause: signal.reason },
  );
}
