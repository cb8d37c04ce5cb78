import type {
  RunEvent,
  RunObserver,
  RunOrder,
  RunOutcome,
  StopReason,
  TurnReply,
  TurnReport,
} from "@signalbox/contracts";
import { RunConnection } from "./run-connection.ts";
import type { DaemonLife } from "./daemon-life.ts";
import { SimulatedAgent } from "./simulated-agent.ts";
import type { Action } from "./scheduler.ts";
import type { World } from "./world.ts";

const daemonAbsentMs = 600_000;

type EventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, "spoolSeq" | "at">
    : never
  : never;

/** One run as the processes that own it: a runner with a spool, and its agent. Neither needs a daemon to live. */
export class SimulatedRun {
  readonly runId: string;
  readonly issueId: string;
  /** Everything that was said, in order; the last entry is the end. */
  readonly spool: RunEvent[] = [];
  readonly #world: World;
  readonly #order: RunOrder;
  readonly #agent: SimulatedAgent;
  #runner: "alive" | "ended" | "dead" = "alive";
  #agentLives = true;
  #stopping: StopReason | null = null;
  #epoch: number;
  #connection: RunConnection | null = null;
  /** A turn that has ended and waits for its answer. */
  question: { readonly report: TurnReport; readonly since: number } | null = null;

  constructor(world: World, order: RunOrder) {
    this.#world = world;
    this.#order = order;
    this.runId = order.runId;
    this.issueId = order.issue.id;
    this.#epoch = order.epoch;
    this.#agent = new SimulatedAgent(world, order, this);
  }

  get runner(): "alive" | "ended" | "dead" {
    return this.#runner;
  }

  /** Whether any process of it is there. */
  get isLive(): boolean {
    return this.#agentLives || this.#runner === "alive";
  }

  get tokens(): number {
    return this.#agent.tokens;
  }

  /** How it ended, where it could say so. */
  get outcome(): RunOutcome | null {
    const last = this.spool.at(-1);
    return last?.type === "ended" ? last.ending.outcome : null;
  }

  begin(): void {
    this.#agent.begin();
  }

  /** A newer daemon takes it over; nobody else is heard any more. */
  attach(life: DaemonLife, observer: RunObserver, epoch: number, afterSpoolSeq: number): void {
    if (epoch < this.#epoch) return;
    this.#epoch = epoch;
    this.#connection?.close();
    this.#connection = new RunConnection(this.#world, this, life, observer, afterSpoolSeq);
    this.#connection.pump();
  }

  detach(life: DaemonLife): void {
    if (this.#connection?.life !== life) return;
    this.#connection.close();
    this.#connection = null;
  }

  /** Whether this daemon is the one that it obeys. */
  obeys(epoch: number): boolean {
    return epoch >= this.#epoch;
  }

  stop(reason: StopReason): void {
    if (this.#runner !== "alive" || this.#stopping !== null) return;
    this.#stopping = reason;
    const { graceMs } = this.#order.config.agent;
    this.after(Math.min(this.#agent.script.lingerMs, graceMs + 100), "agent stopped", () =>
      this.end({ kind: "canceled", reason }),
    );
  }

  /** Everything of it is killed, whatever it was doing. Without an end in the spool it was lost. */
  kill(): void {
    this.#agentLives = false;
    if (this.#runner === "alive") this.#runner = "dead";
  }

  /** From here on it obeys no daemon that is older. */
  fence(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
    this.#connection?.close();
    this.#connection = null;
  }

  /** Its end is durable: nobody will ask for the rest of it again. */
  forget(): void {
    this.spool.splice(0, this.spool.length - 1);
    this.#connection = null;
  }

  /** The daemon's word about the turn that has ended. */
  answer(turn: number, reply: TurnReply): void {
    if (this.question?.report.turn !== turn || this.#runner !== "alive") return;
    this.question = null;
    this.after(1, "answered", () => {
      if (reply.kind === "go") this.#agent.beginTurn();
      else
        this.end(
          reply.reason === "done"
            ? { kind: "succeeded" }
            : { kind: "canceled", reason: reply.reason },
        );
    });
  }

  /** The runner dies; whoever listens will see that within seconds. */
  die(agentLivesOn: boolean): void {
    if (this.#runner !== "alive") return;
    this.#runner = "dead";
    this.#agentLives = agentLivesOn;
    this.#connection?.onRunnerDied();
  }

  /** No end is in the spool and its runner is gone: the host sees that and says so itself. */
  declareLost(): void {
    this.kill();
    this.say({
      type: "ended",
      ending: {
        outcome: { kind: "lost", message: "its runner died" },
        fingerprint: null,
        turns: this.#agent.turn,
      },
    });
  }

  /** Where nobody says that the work is done, the agent moves the issue itself. */
  askWhatNext(isDone: boolean): void {
    const { workspaces, scheduler, tracker, config } = this.#world;
    if (isDone && config.succeededState === undefined) {
      tracker.patch(this.issueId, { state: config.terminalState, stateKind: null });
    }
    const fingerprint = workspaces.fingerprint(this.issueId);
    const report: TurnReport = {
      turn: this.#agent.turn,
      outcome: { kind: "succeeded" },
      fingerprint,
    };
    const since = scheduler.now;
    this.question = { report, since };
    this.after(daemonAbsentMs, "daemon missed", () => this.#onDaemonAbsent(report));
    this.#connection?.pump();
  }

  #onDaemonAbsent(report: TurnReport): void {
    if (this.question?.report !== report) return;
    if (this.#connection?.isUp === true) {
      this.after(daemonAbsentMs, "daemon missed", () => this.#onDaemonAbsent(report));
      return;
    }
    this.question = null;
    this.end({ kind: "canceled", reason: "daemon-absent" });
  }

  /** The end, unless there was one before. */
  end(outcome: RunOutcome): void {
    if (this.#runner !== "alive") return;
    this.question = null;
    this.#runner = "ended";
    this.#agentLives = false;
    const fingerprint = this.#world.workspaces.fingerprint(this.issueId);
    this.say({ type: "ended", ending: { outcome, fingerprint, turns: this.#agent.turn } });
  }

  /** Into the spool, and from there to whoever listens. */
  say(body: EventBody): void {
    this.spool.push({ ...body, spoolSeq: this.spool.length + 1, at: this.#world.scheduler.now });
    this.#connection?.pump();
  }

  /** Does something later, if its runner lives by then. */
  after(delayMs: number, kind: string, action: () => void): void {
    const step: Action = () => {
      if (this.#runner === "alive") action();
    };
    this.#world.scheduler.schedule(delayMs, kind, this.runId, step);
  }
}
