import type {
  Clock,
  Logger,
  RunEvent,
  RunObserver,
  StopReason,
  TurnReply,
  TurnReport,
} from "@signalbox/contracts";
import { signalProcess } from "@signalbox/process";
import { messageOf } from "../failure.ts";
import { performFor } from "../perform-for.ts";
import { isRunning, type ProcessIdentity } from "../folder/process-identity.ts";
import type { RunFolder } from "../folder/run-folder.ts";
import type { SpoolEntry } from "../spool/spool-record.ts";
import { SpoolReader } from "../spool/spool-reader.ts";
import { ControlLink } from "./control-link.ts";
import { LifeWatch, lookMs } from "./life-watch.ts";
import { OpenCalls } from "./open-calls.ts";

/** How often a runner is looked after where there is no connection that would tell of its end. */
const lookUnconnectedMs = 200;
/** Between two tries to read a spool, or to kill what a dead runner has left. */
const retryMs = 5_000;
const unreadable = "The spool of a run cannot be read now.";
const unkillable = "What a dead runner has left cannot be killed; its run is not over.";

export interface FollowerOrder {
  readonly folder: RunFolder;
  /** Of the daemon that follows. */
  readonly epoch: number;
  /** The last event that needs no telling. */
  readonly afterSpoolSeq: number;
  /** `null` where it is known to be dead. */
  readonly owner: ProcessIdentity | null;
  readonly socket: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly killStrays: () => Promise<unknown>;
  readonly observer: RunObserver;
  /** Called right before the observer hears of the end, or when another daemon has taken over. */
  readonly onOver: () => void;
}

/**
 * Tells an observer what stands in the spool of one run, at the pace of the observer, as long as it grows; passes on
 * what the daemon says. When the runner is dead and has left no outcome, the rest of the run is killed and its outcome
 * is `lost`.
 */
export class RunFollower {
  observer: RunObserver;
  /** Resolves when the observer knows the end, or will not hear of it from here. */
  readonly done: Promise<void>;
  readonly #order: FollowerOrder;
  readonly #reader: SpoolReader;
  readonly #link: ControlLink | null;
  readonly #life: LifeWatch;
  readonly #calls: OpenCalls;
  #wake: () => void = () => undefined;
  #isWoken = false;
  #lastSpoolSeq: number;
  #turns = 0;
  #question: TurnReport | null = null;
  #askedTurn = 0;
  #stopping: Promise<void> | null = null;
  #isOver = false;

  constructor(order: FollowerOrder) {
    this.#order = order;
    this.observer = order.observer;
    this.#lastSpoolSeq = order.afterSpoolSeq;
    this.#reader = new SpoolReader(order.folder.spool);
    this.#life = new LifeWatch(order.owner, order.folder);
    const { clock, epoch, owner, socket } = order;
    const onChange = (): void => this.#rouse();
    this.#link = owner === null ? null : new ControlLink({ path: socket, epoch, clock, onChange });
    this.#calls = new OpenCalls({
      perform: (call, signal) => performFor(this.observer, call, signal),
      answer: async (callId, result) => this.#link?.answerCall(callId, result),
    });
    this.done = this.#follow();
  }

  /** Resolves when the runner knows which daemon is in charge, or is not there to know it. */
  async taken(): Promise<void> {
    await this.#link?.settled;
  }

  /** Resolves when the order has arrived, or the run is over. The first reason wins. */
  async stop(reason: StopReason): Promise<void> {
    if (this.#isOver || this.#link === null) return;
    this.#stopping ??= this.#link.stop(reason);
    await this.#stopping;
  }

  /** Leaves the run alone. When it has resolved, the observer hears nothing any more. */
  async detach(): Promise<void> {
    this.#isOver = true;
    this.#calls.close();
    this.#link?.close();
    this.#rouse();
    await this.done;
  }

  async #follow(): Promise<void> {
    while (!this.#isOver) {
      // Asked before the spool is read: what a dead runner has written is all there is.
      const { owner } = this.#order;
      const isAlive = owner !== null && isRunning(owner);
      if (!(await this.#attempt(unreadable, () => this.#readOn(isAlive)))) continue;
      if (this.#isOver) break;
      if (isAlive) {
        this.#ask();
        if (this.#isInCharge()) this.#calls.perform();
        await this.#pause();
      } else if (await this.#attempt(unkillable, this.#order.killStrays)) {
        await this.#lose();
      }
    }
    this.#link?.close();
  }

  async #readOn(isAlive: boolean): Promise<void> {
    for (;;) {
      const announced = isAlive ? this.#link?.spoolBytes : null;
      const before = this.#reader.lost;
      const records = await this.#reader.read(announced ?? Number.POSITIVE_INFINITY);
      if (this.#reader.lost > before) this.#log("error", "Records of a run's spool are damaged.");
      if (records.length === 0) break;
      for (const { entry } of records) {
        if (this.#isOver) return;
        await this.#take(entry);
      }
    }
    this.#link?.hasRead(this.#reader.offset);
  }

  async #take(entry: SpoolEntry): Promise<void> {
    switch (entry.kind) {
      case "event":
        if (entry.event.spoolSeq > this.#lastSpoolSeq) await this.#tell(entry.event);
        return;
      case "turn-question":
        this.#turns = entry.turn.turn;
        this.#question = entry.turn;
        return;
      case "turn-reply":
        if (this.#question?.turn === entry.turn) this.#question = null;
        return;
      case "tool-call":
        this.#calls.add(entry.call);
        return;
      case "tool-answered":
        this.#calls.remove(entry.callId);
        return;
      case "log":
        this.#order.logger.log(entry.level, entry.message, entry.fields);
        return;
      case "epoch":
        return;
    }
  }

  async #tell(event: RunEvent): Promise<void> {
    this.#lastSpoolSeq = event.spoolSeq;
    if (event.type === "ended") this.#finish();
    try {
      await this.observer.onEvent(event);
    } catch (error) {
      this.#log("error", "The observer of a run failed; the run goes on.", error);
    }
  }

  #finish(): void {
    this.#isOver = true;
    this.#calls.close();
    this.#order.onOver();
    this.#link?.close();
  }

  /** At the end of the spool, so that a question which was answered long ago is not asked again. */
  #ask(): void {
    const turn = this.#question;
    if (turn === null || turn.turn === this.#askedTurn) return;
    this.#askedTurn = turn.turn;
    void this.#answer(turn);
  }

  async #answer(turn: TurnReport): Promise<void> {
    // A daemon that was overtaken has no say, and hears of it with the greeting.
    await this.#link?.settled;
    if (this.#isOver || this.#link?.fencedBy !== null) return;
    let reply: TurnReply;
    try {
      reply = await this.observer.onTurnEnded(turn);
    } catch (error) {
      this.#log("error", "The daemon could not say whether a run goes on.", error);
      reply = { kind: "end", reason: "daemon-absent" };
    }
    if (!this.#isOver) await this.#link?.reply(turn.turn, reply);
  }

  /** A daemon that was overtaken has no say, and hears of it with the greeting. */
  #isInCharge(): boolean {
    return this.#link !== null && this.#link.spoolBytes !== null && this.#link.fencedBy === null;
  }

  async #pause(): Promise<void> {
    if (this.#fencedOff()) return;
    const isConnected = this.#link !== null && this.#link.spoolBytes !== null;
    const silentMs = isConnected ? lookMs : lookUnconnectedMs;
    const woken = await this.#wokenWithin(silentMs);
    if (!woken && isConnected) this.#link?.ping();
    if (!woken) this.#look(silentMs);
  }

  #fencedOff(): boolean {
    const by = this.#link?.fencedBy ?? null;
    if (by === null) return false;
    this.#log("warn", `Another daemon, of epoch ${by}, has taken a run over.`);
    this.#isOver = true;
    this.#calls.close();
    this.#order.onOver();
    return true;
  }

  #look(silentMs: number): void {
    const hung = this.#life.look(silentMs, this.#link?.heard ?? 0, this.#stopping !== null);
    if (hung === null) return;
    this.#log("error", "A runner gives no sign of life and is killed.");
    signalProcess(hung, "SIGKILL");
  }

  async #wokenWithin(limitMs: number): Promise<boolean> {
    if (!this.#isWoken) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      const timer = this.#order.clock.setTimer(limitMs, resolve);
      await promise;
      timer[Symbol.dispose]();
    }
    const woken = this.#isWoken;
    this.#isWoken = false;
    return woken;
  }

  #rouse(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** Whether it was done; else that is told, and the time for the next try has come. */
  async #attempt(complaint: string, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      this.#log("error", complaint, error);
      await this.#wokenWithin(retryMs);
      return false;
    }
  }

  async #lose(): Promise<void> {
    if (this.#isOver) return;
    await this.#tell({
      type: "ended",
      spoolSeq: this.#lastSpoolSeq + 1,
      at: this.#order.clock.now(),
      ending: {
        outcome: { kind: "lost", message: "its runner died" },
        fingerprint: null,
        turns: this.#turns,
      },
    });
  }

  #log(level: "warn" | "error", message: string, error?: unknown): void {
    const fields = { run_id: this.#order.folder.runId };
    this.#order.logger.log(
      level,
      message,
      error === undefined ? fields : { ...fields, error: messageOf(error) },
    );
  }
}
