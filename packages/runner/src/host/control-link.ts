import { connect, type Socket } from "node:net";
import type { AgentToolResult, Clock, StopReason, TurnReply } from "@signalbox/contracts";
import {
  formatControlMessage,
  parseControlAnswer,
  type ControlAnswer,
  type ControlRequest,
} from "../control/control-message.ts";
import { onMessageLines } from "../control/message-lines.ts";

const firstRetryMs = 50;
const longestRetryMs = 5_000;

export interface ControlLinkOrder {
  readonly path: string;
  readonly epoch: number;
  readonly clock: Clock;
  /** Something is different: connected, cut off, fenced, the spool has grown. */
  readonly onChange: () => void;
}

interface Pending {
  readonly request: ControlRequest;
  readonly resolve: () => void;
}

/** The daemon's end of a runner's control socket: connects again when it is cut off, and says then what was not heard. */
export class ControlLink {
  readonly #order: ControlLinkOrder;
  readonly #pending = new Map<number, Pending>();
  readonly #settled = Promise.withResolvers<void>();
  #socket: Socket | null = null;
  #isWelcome = false;
  #retryTimer: Disposable | null = null;
  #retryMs = firstRetryMs;
  #lastId = 0;
  #spoolBytes = 0;
  #fencedBy: number | null = null;
  #heard = 0;
  #isClosed = false;

  constructor(order: ControlLinkOrder) {
    this.#order = order;
    this.#connect();
  }

  /** How much of the spool may be read, as far as the runner has said; `null` while there is no connection. */
  get spoolBytes(): number | null {
    return this.#isWelcome ? this.#spoolBytes : null;
  }

  /** Epoch of the daemon that has taken over; `null` as long as this one is in charge. */
  get fencedBy(): number | null {
    return this.#fencedBy;
  }

  /** How many messages have come: it grows while the runner answers. */
  get heard(): number {
    return this.#heard;
  }

  /** Resolves when the runner has answered for the first time, or the link is closed. */
  get settled(): Promise<void> {
    return this.#settled.promise;
  }

  /** Resolves when the order has arrived, or there is nobody any more to obey it. */
  stop(reason: StopReason): Promise<void> {
    return this.#request((id) => ({ type: "stop", id, reason }));
  }

  /** Resolves when the reply is in the spool, or there is nobody any more who waits for it. */
  reply(turn: number, reply: TurnReply): Promise<void> {
    return this.#request((id) => ({ type: "turn-reply", id, turn, reply }));
  }

  /** Resolves when the agent has the answer, or there is nobody any more who waits for it. */
  answerCall(callId: string, result: AgentToolResult): Promise<void> {
    return this.#request((id) => ({ type: "tool-answer", id, callId, result }));
  }

  /** Asks for a sign of life. */
  ping(): void {
    this.#lastId += 1;
    this.#send({ type: "status", id: this.#lastId });
  }

  /** All up to there is read: tell when there is more. */
  hasRead(bytes: number): void {
    this.#send({ type: "read", bytes });
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isWelcome = false;
    this.#retryTimer?.[Symbol.dispose]();
    this.#socket?.end();
    this.#settled.resolve();
    for (const { resolve } of this.#pending.values()) resolve();
    this.#pending.clear();
  }

  #request(make: (id: number) => ControlRequest): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#lastId += 1;
    const id = this.#lastId;
    const request = make(id);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#pending.set(id, { request, resolve });
    this.#send(request);
    return promise;
  }

  #send(request: ControlRequest): void {
    if (this.#isWelcome) this.#socket?.write(formatControlMessage(request));
  }

  #connect(): void {
    const { epoch, path } = this.#order;
    const socket = connect(path);
    this.#socket = socket;
    socket.once("connect", () => socket.write(formatControlMessage({ type: "hello", epoch })));
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.#onCut());
    onMessageLines(socket, (line) => {
      const answer = parseControlAnswer(line);
      if (answer !== null && !this.#isClosed) this.#hear(answer);
    });
  }

  #onCut(): void {
    this.#socket = null;
    this.#isWelcome = false;
    if (this.#isClosed) return;
    this.#retryTimer = this.#order.clock.setTimer(this.#retryMs, () => this.#connect());
    this.#retryMs = Math.min(2 * this.#retryMs, longestRetryMs);
    this.#order.onChange();
  }

  #hear(answer: ControlAnswer): void {
    this.#heard += 1;
    switch (answer.type) {
      case "welcome":
        this.#isWelcome = true;
        this.#retryMs = firstRetryMs;
        this.#spoolBytes = answer.bytes;
        for (const { request } of this.#pending.values()) this.#send(request);
        this.#settled.resolve();
        break;
      case "fenced":
        this.#fencedBy = answer.epoch;
        this.close();
        break;
      case "grown":
        this.#spoolBytes = answer.bytes;
        break;
      case "done":
        this.#pending.get(answer.id)?.resolve();
        this.#pending.delete(answer.id);
        return;
      case "status":
        return;
    }
    this.#order.onChange();
  }
}
