import type {
  AgentToolResult,
  Clock,
  Logger,
  RunEvent,
  RunObserver,
  StopReason,
  ToolCall,
  TurnReply,
  TurnReport,
} from "@signalbox/contracts";
import type { Commands } from "../control/control-server.ts";
import type { RunInterruption } from "../run-interruption.ts";
import type { SpoolEntry } from "../spool/spool-record.ts";
import type { SpoolWriter } from "../spool/spool-writer.ts";

const retryMs = 1_000;

export interface RunRecorderOrder {
  readonly runId: string;
  readonly spool: SpoolWriter;
  readonly clock: Clock;
  readonly interruption: RunInterruption;
  /** The agent is dead, and nothing touches the workspace any more. Called again where the disk refused it. */
  readonly onOver: () => void;
}

/** Stands between a run and the daemons that come and go: writes down what happens, and hands over what they say. */
export class RunRecorder implements RunObserver, Commands, Logger {
  readonly runId: string;
  readonly #order: RunRecorderOrder;
  /** Resolves when the outcome is on the disk. */
  readonly ended: Promise<void>;
  readonly #resolveEnded: () => void;
  #question: { readonly turn: number; readonly resolve: (reply: TurnReply) => void } | null = null;
  readonly #calls = new Map<string, (result: AgentToolResult) => void>();
  #onGrown: () => void = () => undefined;

  constructor(order: RunRecorderOrder) {
    this.runId = order.runId;
    this.#order = order;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#resolveEnded = resolve;
  }

  /** Calls `listener` after each record. */
  onGrown(listener: () => void): void {
    this.#onGrown = listener;
  }

  onEvent(event: RunEvent): void | Promise<void> {
    const entry: SpoolEntry = { kind: "event", event };
    if (isDecisive(event)) return this.#commitEvent(event, entry);
    this.#offer(entry);
  }

  async onTurnEnded(turn: TurnReport): Promise<TurnReply> {
    const { promise, resolve } = Promise.withResolvers<TurnReply>();
    this.#question = { turn: turn.turn, resolve };
    await this.#commit({ kind: "turn-question", turn });
    return promise;
  }

  /** Rejects with the signal's reason when it is aborted; the call is then asked of no daemon any more. */
  async onToolCall(call: ToolCall, signal: AbortSignal): Promise<AgentToolResult> {
    signal.throwIfAborted();
    const { callId } = call;
    const { promise, resolve, reject } = Promise.withResolvers<AgentToolResult>();
    const giveUp = (): void => reject(signal.reason);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#calls.set(callId, resolve);
    this.#offer({ kind: "tool-call", call });
    try {
      return await promise;
    } finally {
      signal.removeEventListener("abort", giveUp);
      this.#calls.delete(callId);
      this.#offer({ kind: "tool-answered", callId });
    }
  }

  spoolBytes(): number {
    return this.#order.spool.length;
  }

  takenOver(epoch: number): void {
    this.#offer({ kind: "epoch", epoch });
  }

  stop(reason: StopReason): void {
    this.#order.interruption.interrupt({ kind: "canceled", reason });
  }

  /** The first reply counts. One to a question that is not open is dropped. */
  reply(turn: number, reply: TurnReply): void {
    if (this.#question?.turn !== turn) return;
    const { resolve } = this.#question;
    this.#question = null;
    this.#offer({ kind: "turn-reply", turn, reply });
    resolve(reply);
  }

  /** An answer that nobody waits for (any more) is dropped. */
  answerCall(callId: string, result: AgentToolResult): void {
    this.#calls.get(callId)?.(result);
  }

  log: Logger["log"] = (level, message, fields = {}) => {
    this.#offer({ kind: "log", level, message, fields });
  };

  #offer(entry: SpoolEntry): void {
    this.#order.spool.offer(entry);
    this.#onGrown();
  }

  async #commitEvent(event: RunEvent, entry: SpoolEntry): Promise<void> {
    if (event.type === "ended") await this.#untilTaken(() => this.#order.onOver());
    await this.#commit(entry);
    if (event.type === "ended") this.#resolveEnded();
  }

  async #commit(entry: SpoolEntry): Promise<void> {
    await this.#untilTaken(() => this.#order.spool.commit(entry));
    this.#onGrown();
  }

  /** As long as the disk takes nothing, the run waits: what nobody could learn has not happened. */
  async #untilTaken(write: () => void): Promise<void> {
    const { clock } = this.#order;
    for (let isDone = false; !isDone;) {
      try {
        write();
        isDone = true;
      } catch {
        // Full, or failing: it shows at the daemon, whose journal is on the same disk.
        await new Promise<void>((resolve) => clock.setTimer(retryMs, resolve));
      }
    }
  }
}

/** Whether a daemon decides by it. */
function isDecisive(event: RunEvent): boolean {
  if (event.type === "workspace-prepared" || event.type === "ended") return true;
  if (event.type !== "agent-event") return false;
  return event.event.type === "session-started" || event.event.type === "input-requested";
}
