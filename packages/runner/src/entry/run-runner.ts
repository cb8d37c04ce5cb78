import { closeSync, utimesSync, writeSync } from "node:fs";
import {
  SignalboxError,
  type Backend,
  type Clock,
  type Logger,
  type WorkflowConfig,
  type WorkspaceProvider,
} from "@signalbox/contracts";
import { killStrays } from "@signalbox/process";
import { workspaceKey } from "@signalbox/workspaces";
import { ControlServer } from "../control/control-server.ts";
import { controlSocketPath } from "../control/socket-path.ts";
import { executeRun } from "../execute-run.ts";
import { messageOf } from "../failure.ts";
import { identityOf } from "../folder/process-identity.ts";
import { runFolder, type RunFolder } from "../folder/run-folder.ts";
import { takeRunLock, type RunLock } from "../folder/run-lock.ts";
import { WorkspaceLock } from "../folder/workspace-lock.ts";
import { RunInterruption } from "../run-interruption.ts";
import { runMarker } from "../run-marker.ts";
import type { RunPorts } from "../run-ports.ts";
import { redactingLogger, secretsOf } from "../secrets.ts";
import { SpoolWriter } from "../spool/spool-writer.ts";
import { RunRecorder } from "./run-recorder.ts";
import { backendEnvironment } from "./runner-environment.ts";
import {
  formatRunnerMessage,
  parseRunnerOrder,
  type RunnerOrder,
  type RunnerReply,
} from "./runner-order.ts";

const heartbeatMs = 5_000;
/** Where whoever started the runner listens for its reply. */
const replyDescriptor = 3;

/** What a host puts into its runners. */
export interface RunnerParts {
  readonly clock: Clock;
  /** The backend that the configuration names. May reject: that fails the run. */
  readonly createBackend: (config: WorkflowConfig, logger: Logger) => Promise<Backend>;
  /** What a sandbox has to let through for that backend; `null`: it starts its programs outside. */
  readonly agentNeeds?: RunPorts["agentNeeds"];
  readonly createWorkspaces: (config: WorkflowConfig, logger: Logger) => WorkspaceProvider;
  /** Loads what most runs need. Called while the runner waits for its order; what goes wrong shows in the run. */
  readonly preload?: () => Promise<unknown>;
}

/**
 * The life of a runner process: reads one order from the standard input, owns that run to its end, and resolves when
 * its outcome is on the disk and nothing of the run is alive. It needs nobody from then on: the daemon may die and
 * another may come. Resolves at once where the input ends without an order. The caller ends the process, whatever
 * plugins have left open.
 */
export async function runRunner(parts: RunnerParts): Promise<void> {
  // A terminal that is closed is the daemon's business.
  process.on("SIGHUP", () => undefined);
  // Nor is what a plugin prints, once nobody reads it.
  process.stderr.on("error", () => undefined);
  parts.preload?.().catch(() => {
    // Tried again, and reported, by the run that needs it.
  });
  const line = await firstLine();
  if (line === null) return;
  const given = parseRunnerOrder(line);
  if (given === null) {
    reply(refusal(new Error("The order is of another version of Signalbox.")));
    return;
  }
  let owned: OwnedRun;
  try {
    owned = await takeRun(given, parts.clock);
  } catch (error) {
    reply(refusal(error));
    return;
  }
  reply({ type: "owned", owner: identityOf(process.pid), socket: owned.socket });
  await liveRun(given, owned, parts);
}

interface OwnedRun {
  readonly folder: RunFolder;
  readonly socket: string;
  readonly interruption: RunInterruption;
  readonly recorder: RunRecorder;
  readonly control: ControlServer;
  readonly spool: SpoolWriter;
}

/** Rejects, with nothing left open, where the run belongs to somebody else or its workspace is in use. */
async function takeRun(
  { stateDir, order, environment }: RunnerOrder,
  clock: Clock,
): Promise<OwnedRun> {
  const { runId, epoch, issue } = order;
  const folder = runFolder(stateDir, runId);
  const socket = controlSocketPath(stateDir, runId, environment);
  const lock: RunLock = { kind: "runner", owner: identityOf(process.pid), socket };
  const holder = takeRunLock(folder, lock);
  if (holder !== null) throw taken(runId, holder);
  const workspace = await WorkspaceLock.take({
    stateDir,
    key: workspaceKey(issue.identifier),
    marker: runMarker(stateDir, runId),
    killStrays,
  });
  try {
    const spool = new SpoolWriter({ path: folder.spool, now: () => clock.now() });
    spool.offer({ kind: "epoch", epoch });
    const interruption = new RunInterruption();
    const onOver = (): void => workspace.release();
    const recorder = new RunRecorder({ runId, spool, clock, interruption, onOver });
    const control = await ControlServer.listen(socket, epoch, recorder);
    recorder.onGrown(() => control.notifyGrown());
    return { folder, socket, interruption, recorder, control, spool };
  } catch (error) {
    workspace.release();
    throw error;
  }
}

async function liveRun(
  { stateDir, order, environment }: RunnerOrder,
  owned: OwnedRun,
  parts: RunnerParts,
): Promise<void> {
  const { control, folder, interruption, recorder, spool } = owned;
  const { clock } = parts;
  replaceEnvironment(backendEnvironment(environment, order.config));
  // Plugins log as they like, and what they log is written down.
  const logger = redactingLogger(recorder, secretsOf(environment, order.config));
  endInOrder(interruption, logger);
  const beat = startHeartbeat(folder, control, clock);
  await executeRun(
    order,
    {
      workspaces: parts.createWorkspaces(order.config, logger),
      loadBackend: (config) => parts.createBackend(config, logger),
      ...(parts.agentNeeds === undefined ? {} : { agentNeeds: parts.agentNeeds }),
      stateDir,
      clock,
      logger: recorder,
      killStrays,
      environment,
    },
    recorder,
    interruption,
  );
  await recorder.ended;
  await killLatecomers(runMarker(stateDir, order.runId), logger);
  beat[Symbol.dispose]();
  await control.close();
  spool.close();
}

/** What a backend that ignores its abort has started since its session was closed. */
async function killLatecomers(marker: string, logger: Logger): Promise<void> {
  try {
    await killStrays(marker);
  } catch (error) {
    logger.log("error", "An agent outlives its run.", { error: messageOf(error) });
  }
}

async function firstLine(): Promise<string | null> {
  let text = "";
  process.stdin.setEncoding("utf8");
  for await (const chunk of process.stdin) {
    text += String(chunk);
    const end = text.indexOf("\n");
    if (end !== -1) return text.slice(0, end);
  }
  return null;
}

function reply(message: RunnerReply): void {
  try {
    writeSync(replyDescriptor, formatRunnerMessage(message));
    closeSync(replyDescriptor);
  } catch {
    // Whoever gave the order has died since. The lock says the same to the next daemon.
  }
}

function refusal(error: unknown): RunnerReply {
  const { code, remedy, retryable } = SignalboxError.isInstance(error)
    ? error
    : { code: "runner_failed", remedy: null, retryable: true };
  return { type: "refused", code, message: messageOf(error), remedy, retryable };
}

function taken(runId: string, { kind }: RunLock): SignalboxError {
  return new SignalboxError(
    "run_taken",
    kind === "runner"
      ? `Run ${runId} has a runner already.`
      : `Run ${runId} was given up before its runner had begun.`,
  );
}

/** Not what this process was started with: any process of the same user can read that. */
function replaceEnvironment(environment: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
  Object.assign(process.env, environment);
}

/** What is asked of this process, or goes wrong in it, ends the run, and the outcome is still written down. */
function endInOrder(interruption: RunInterruption, logger: Logger): void {
  const stop = (): void => interruption.interrupt({ kind: "canceled", reason: "shutdown" });
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("uncaughtException", (error) => {
    logger.log("error", "A plugin has thrown where nobody could catch it; its run ends.", {
      error: error.stack ?? error.message,
    });
    const { message } = error;
    interruption.interrupt({ kind: "failed", code: "internal", retryable: true, message });
  });
}

/** The time of the lock's last change: a runner that hangs is told from one that is merely hard to reach. */
function startHeartbeat(folder: RunFolder, control: ControlServer, clock: Clock): Disposable {
  let timer: Disposable | null = null;
  const beat = (): void => {
    timer = clock.setTimer(heartbeatMs, beat);
    const now = clock.now() / 1_000;
    try {
      utimesSync(folder.lock, now, now);
    } catch {
      // A disk that cannot be written for now; the socket still tells that this process lives.
    }
    control.ensureListening().catch(() => {
      // Tried again with the next beat; the lock tells that the run lives.
    });
  };
  beat();
  return { [Symbol.dispose]: () => timer?.[Symbol.dispose]() };
}
