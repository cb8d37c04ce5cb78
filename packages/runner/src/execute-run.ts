import { join } from "node:path";
import type {
  Logger,
  LogLevel,
  RunEnding,
  RunObserver,
  RunOrder,
  RunOutcome,
  RunPhase,
  TurnReport,
  Workspace,
  WorkspaceFingerprint,
  WorkspaceRef,
} from "@signalbox/contracts";
import { continuationPrompt, PromptRenderer, toPromptVariables } from "@signalbox/prompts";
import { assertSafeWorkspace } from "@signalbox/workspaces";
import { askDaemon } from "./ask-daemon.ts";
import { messageOf, toFailure } from "./failure.ts";
import { sessionsFolder } from "./host/prune-sessions.ts";
import { GuardedSession } from "./guarded-session.ts";
import { RunDesk } from "./run-desk.ts";
import { withPatience } from "./patience.ts";
import { UsagePricer } from "./price-usage.ts";
import { RunEventStream } from "./run-event-stream.ts";
import type { RunInterruption } from "./run-interruption.ts";
import { runEnvironment, runMarker } from "./run-marker.ts";
import type { RunPorts } from "./run-ports.ts";
import { RunPlace } from "./run-place.ts";
import { RunWorkspace } from "./run-workspace.ts";
import { redactingLogger, secretsOf } from "./secrets.ts";
import { Transcript } from "./transcript.ts";

/** A daemon that does not answer for so long is gone, and its run ends in order. */
const daemonAbsentMs = 10 * 60_000;
/** Beyond the grace that the agent's processes get: for whoever stops them. */
const extraPatienceMs = 10_000;
/** The longest delay of a timer. */
const maxTimerMs = 2 ** 31 - 1;

/**
 * One run from its workspace to its outcome. Emits exactly one `ended`, as the last event, and resolves with the same
 * ending once the observer has it. Never rejects. When it resolves, nothing of the run is alive, and nothing touches
 * its workspace any more.
 */
export async function executeRun(
  order: RunOrder,
  ports: RunPorts,
  observer: RunObserver,
  interruption: RunInterruption,
): Promise<RunEnding> {
  return new RunLife(order, ports, observer, interruption).live();
}

class RunLife {
  readonly #order: RunOrder;
  readonly #ports: RunPorts;
  readonly #logger: Logger;
  readonly #observer: RunObserver;
  readonly #interruption: RunInterruption;
  readonly #stream: RunEventStream;
  readonly #transcript: Transcript;
  readonly #workspace: RunWorkspace;
  readonly #place: RunPlace;
  readonly #desk: RunDesk;
  readonly #marker: string;
  readonly #patienceMs: number;
  #session: GuardedSession | null = null;
  #turns = 0;

  constructor(
    order: RunOrder,
    ports: RunPorts,
    observer: RunObserver,
    interruption: RunInterruption,
  ) {
    const { config, runId } = order;
    const { clock, environment, stateDir } = ports;
    const secrets = secretsOf(environment, config);
    const logger = redactingLogger(ports.logger, secrets);
    this.#order = order;
    this.#ports = ports;
    this.#logger = logger;
    this.#observer = observer;
    this.#interruption = interruption;
    this.#marker = runMarker(stateDir, runId);
    this.#patienceMs = config.agent.graceMs + extraPatienceMs;
    this.#workspace = new RunWorkspace(order, { ...ports, logger }, this.#marker, this.#patienceMs);
    this.#transcript = Transcript.open({
      folder: join(stateDir, "runs", runId),
      secrets,
      clock,
      logger,
    });
    this.#place = new RunPlace(order, { ...ports, logger }, (text) =>
      this.#transcript.write("signalbox", text),
    );
    this.#desk = new RunDesk({
      order,
      observer,
      clock,
      interruption,
      secrets,
      logger,
      transcribe: (text) => this.#transcript.write("signalbox", text),
      onQuestion: (question) => this.#stream.emitAgentEvent({ type: "input-requested", question }),
    });
    this.#stream = new RunEventStream({
      observer,
      clock,
      logger,
      runId,
      secrets,
      patienceMs: daemonAbsentMs,
      onAbsence: () => interruption.interrupt({ kind: "canceled", reason: "daemon-absent" }),
    });
  }

  async live(): Promise<RunEnding> {
    const outcome = await this.#work();
    await this.#session?.close();
    this.#desk.close();
    this.#phase("finishing");
    // The observer may let what the slot was waited for go first.
    await this.#stream.drain();
    const fingerprint = await this.#workspace.leave();
    await this.#place.leave();
    this.#transcript.close();
    const ending: RunEnding = { outcome, fingerprint, turns: this.#turns };
    this.#stream.emit({ type: "ended", ending });
    await this.#stream.drain();
    return ending;
  }

  async #work(): Promise<RunOutcome> {
    const { runTimeoutMs, startupTimeoutMs } = this.#order.config.agent;
    const wallTime = this.#limitWallTime(runTimeoutMs);
    try {
      const workspace = await this.#prepareWorkspace();
      const outcome = await this.#converse(workspace);
      return this.#interruption.outcome ?? outcome;
    } catch (error) {
      if (this.#interruption.outcome !== null) return this.#interruption.outcome;
      this.#log("warn", "A run failed.", error);
      return toFailure(error, startupTimeoutMs, this.#session === null ? "starting" : "working");
    } finally {
      wallTime?.[Symbol.dispose]();
    }
  }

  async #prepareWorkspace(): Promise<Workspace> {
    this.#phase("preparing-workspace");
    const { workspace, fingerprint } = await this.#patiently("The workspace", (signal) =>
      this.#workspace.prepare(signal),
    );
    this.#stream.emit({ type: "workspace-prepared", workspace: toRef(workspace), fingerprint });
    return workspace;
  }

  async #converse(workspace: Workspace): Promise<RunOutcome> {
    this.#phase("rendering-prompt");
    const variables = toPromptVariables(this.#order, workspace);
    const prompt = await this.#patiently("The prompt", () =>
      new PromptRenderer(this.#order.config.prompt).render(variables),
    );
    this.#phase("starting-session");
    const session = await this.#startSession(workspace);
    this.#session = session;
    this.#phase("running-turn");
    return this.#takeTurns(session, workspace, prompt, (fingerprint) =>
      continuationPrompt(variables, fingerprint),
    );
  }

  async #startSession(workspace: Workspace): Promise<GuardedSession> {
    const { config, resumeSessionId, runId } = this.#order;
    const { startupTimeoutMs, turnTimeoutMs, graceMs } = config.agent;
    const place = await this.#patiently("The sandbox", (signal) =>
      this.#place.open(workspace, this.#desk.tools, signal),
    );
    this.#workspace.livesIn(place);
    const backend = await this.#patiently("The backend", async () => {
      const loaded = await this.#ports.loadBackend(config);
      // At the last moment: what the workspace was when it was made says nothing about what it is now.
      await assertSafeWorkspace(workspace);
      return loaded;
    });
    this.#workspace.expectChanges();
    const pricer = new UsagePricer(config.prices);
    return GuardedSession.start(backend, {
      ports: this.#ports,
      runId,
      marker: this.#marker,
      cwd: workspace.path,
      resume: resumeSessionId,
      environment: {
        ...place.environment,
        ...runEnvironment(this.#marker, this.#order, workspace),
      },
      containment: place.containment,
      tools: this.#desk.agentTools(place.tools),
      sessionFolder: join(sessionsFolder(this.#ports.stateDir), workspace.key),
      ...(config.prices === undefined ? {} : { prices: config.prices }),
      budget: config.budgets.perRun,
      startupTimeoutMs,
      silenceTimeoutMs: turnTimeoutMs,
      graceMs,
      patienceMs: this.#patienceMs,
      signal: this.#interruption.signal,
      onAgentEvent: (event) => this.#stream.emitAgentEvent(pricer.price(event)),
      onLine: (line) => this.#transcript.write("agent", line),
    });
  }

  async #takeTurns(
    session: GuardedSession,
    workspace: Workspace,
    firstPrompt: string,
    nextPrompt: (fingerprint: WorkspaceFingerprint) => string,
  ): Promise<RunOutcome> {
    for (let prompt = firstPrompt; ;) {
      this.#workspace.expectChanges();
      this.#turns += 1;
      this.#transcript.write("prompt", prompt);
      const outcome = await session.runTurn(prompt);
      const { question } = this.#desk;
      if (question !== null) return { kind: "needs-input", question };
      if (outcome.kind !== "succeeded" || (await this.#endsAfterTurn())) return outcome;
      const fingerprint = await this.#patiently("The workspace", (signal) =>
        this.#workspace.inspect(workspace, signal),
      );
      const report: TurnReport = { turn: this.#turns, outcome, fingerprint };
      const reply = await askDaemon(this.#observer, report, {
        clock: this.#ports.clock,
        signal: this.#interruption.signal,
        limitMs: daemonAbsentMs,
        onFailure: (error) =>
          this.#log("error", "The daemon could not say whether a run goes on.", error),
      });
      if (reply.kind === "end") {
        return reply.reason === "done" ? outcome : { kind: "canceled", reason: reply.reason };
      }
      if (this.#turns >= this.#order.config.agent.maxTurns) return outcome;
      prompt = nextPrompt(fingerprint);
    }
  }

  async #endsAfterTurn(): Promise<boolean> {
    const { endsAfter } = this.#order;
    if (endsAfter !== "commit") return endsAfter === "success";
    return this.#patiently("The workspace", (signal) => this.#workspace.hasMoved(signal));
  }

  #limitWallTime(runTimeoutMs: number): Disposable | null {
    if (runTimeoutMs <= 0) return null;
    return this.#ports.clock.setTimer(Math.min(runTimeoutMs, maxTimerMs), () =>
      this.#interruption.interrupt({ kind: "timed-out", limit: "run", limitMs: runTimeoutMs }),
    );
  }

  /** One step of the run: not begun once the run is interrupted, and given up if it then does not end. */
  async #patiently<Result>(
    who: string,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const { signal } = this.#interruption;
    signal.throwIfAborted();
    const order = { clock: this.#ports.clock, signal, patienceMs: this.#patienceMs, who };
    const result = await withPatience(order, () => work(signal));
    signal.throwIfAborted();
    return result;
  }

  #phase(phase: RunPhase): void {
    this.#stream.emit({ type: "phase-changed", phase });
  }

  #log(level: LogLevel, message: string, error: unknown): void {
    const { issue, runId } = this.#order;
    this.#logger.log(level, message, {
      issue_id: issue.id,
      issue_identifier: issue.identifier,
      run_id: runId,
      error: messageOf(error),
    });
  }
}

function toRef({ issueId, identifier, key, path, branch, baseCommit }: Workspace): WorkspaceRef {
  return { issueId, identifier, key, path, branch, baseCommit };
}
