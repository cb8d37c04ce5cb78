// @ts-check
import { randomUUID } from "node:crypto";
import { SignalboxError } from "@signalbox/contracts";
import {
  agentStartErrorCode,
  AgentVoice,
  LineSplitter,
  redactor,
  startProcess,
} from "@signalbox/process";

/** @import { Session, SessionOrder, TurnOutcome } from "@signalbox/contracts" */

/** The host knows why it stopped the turn, and says so in its own words. @type {TurnOutcome} */
const canceled = { kind: "canceled", reason: "operator" };

/** @implements {Session} */
export class ProgramSession {
  sessionId = randomUUID();
  #command;
  #environment;
  #order;
  #voice;
  #closing = new AbortController();
  #interruption = new AbortController();
  /** @type {Promise<TurnOutcome> | null} */
  #turn = null;

  /**
   * @param {string[]} command
   * @param {Record<string, string>} environment
   * @param {SessionOrder} order
   */
  constructor(command, environment, order) {
    this.#command = command;
    this.#environment = environment;
    this.#order = order;
    this.#voice = new AgentVoice({ emit: order.emit, redact: redactor(environment, []) });
    order.emit({ type: "session-started", sessionId: this.sessionId, model: null });
    if (order.resume !== null) {
      const text = "Its programs remember nothing: the conversation starts afresh.";
      order.emit({ type: "notice", level: "warn", text });
    }
  }

  /**
   * @param {string} prompt
   * @param {AbortSignal} signal
   * @returns {Promise<TurnOutcome>}
   */
  async runTurn(prompt, signal) {
    this.#interruption = new AbortController();
    const { signal: interrupted } = this.#interruption;
    const stop = AbortSignal.any([signal, this.#order.signal, this.#closing.signal, interrupted]);
    this.#turn = this.#play(prompt, stop);
    return this.#turn;
  }

  async interrupt() {
    this.#interruption.abort();
  }

  async close() {
    this.#closing.abort();
    await Promise.allSettled([this.#turn]);
  }

  /**
   * @param {string} prompt
   * @param {AbortSignal} stop
   * @returns {Promise<TurnOutcome>}
   */
  async #play(prompt, stop) {
    const { silenceTimeoutMs: limitMs } = this.#order.limits;
    try {
      const exit = await this.#run(prompt, stop);
      if (exit.stoppedBy === "silence") return { kind: "timed-out", limit: "turn", limitMs };
      if (exit.stoppedBy !== null) return canceled;
      if (exit.code === 0) return { kind: "succeeded" };
      const message = `The program ended with ${exit.signal ?? `exit status ${exit.code}`}.`;
      return { kind: "failed", code: "agent-exit", retryable: true, message };
    } catch (error) {
      if (stop.aborted) return canceled;
      if (!SignalboxError.isInstance(error)) throw error;
      const { message, retryable } = error;
      return { kind: "failed", code: agentStartErrorCode(error), retryable, message };
    }
  }

  /**
   * @param {string} prompt
   * @param {AbortSignal} stop
   */
  async #run(prompt, stop) {
    const { cwd, containment, environment, limits, transcribe } = this.#order;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let silence;
    const outputs = [0, 1].map(() => new LineSplitter(limits));
    /** @param {import("@signalbox/process").Line[]} lines */
    const hear = (lines) => {
      for (const { text, droppedBytes } of lines) {
        transcribe(text);
        if (text.trim() !== "") this.#voice.say({ type: "message", role: "agent", text });
        if (droppedBytes === 0) continue;
        const notice = `A line of the program was longer than ${limits.maxLineBytes} bytes.`;
        this.#voice.say({ type: "notice", level: "warn", text: notice });
      }
    };
    /** @type {(output: LineSplitter | undefined) => (chunk: Buffer) => void} */
    const from = (output) => (chunk) => {
      silence?.refresh();
      hear(output?.push(chunk) ?? []);
    };
    const [program = "", ...parameters] = this.#command;
    const running = await startProcess({
      command: [program, ...parameters],
      cwd,
      environment: this.#environment,
      runMarker: environment["SIGNALBOX_RUN_ID"] ?? null,
      ...(containment === undefined ? {} : { containment }),
      stdin: prompt,
      graceMs: limits.graceMs,
      signal: stop,
      onStdout: from(outputs[0]),
      onStderr: from(outputs[1]),
    });
    if (limits.silenceTimeoutMs > 0) {
      silence = setTimeout(() => void running.stop("silence"), limits.silenceTimeoutMs);
    }
    try {
      return await running.exited;
    } finally {
      clearTimeout(silence);
      for (const output of outputs) hear(output.end());
    }
  }
}
