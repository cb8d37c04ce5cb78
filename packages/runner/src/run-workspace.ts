import {
  type Clock,
  type Logger,
  type RunOrder,
  SignalboxError,
  type Workspace,
  type WorkspaceErrorCode,
  type WorkspaceFingerprint,
  type WorkspaceProvider,
} from "@signalbox/contracts";
import { AgentRepository, WorkspaceHooks } from "@signalbox/workspaces";
import type { AgentPlace } from "./agent-place.ts";
import { messageOf } from "./failure.ts";
import { withPatience } from "./patience.ts";
import type { RunPorts } from "./run-ports.ts";

/** To take over an agent's commits, which is a matter of milliseconds. */
const takeOverLimitMs = 30_000;
/** For the look at the workspace when a run has ended. */
const lastLookLimitMs = 60_000;

/** The workspace during one run: from `prepare` to `after_run`, and what is known of its content. */
export class RunWorkspace {
  readonly #order: RunOrder;
  readonly #ports: RunPorts;
  readonly #provider: WorkspaceProvider;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #hooks: WorkspaceHooks;
  readonly #marker: string;
  readonly #patienceMs: number;
  #workspace: Workspace | null = null;
  #place: Pick<AgentPlace, "publish"> | null = null;
  /** `null` where the content may have changed since it was looked at. */
  #fingerprint: WorkspaceFingerprint | null = null;
  /** The commit that the branch stood at before the agent began. */
  #head: string | null = null;

  constructor(order: RunOrder, ports: RunPorts, marker: string, patienceMs: number) {
    const { workspaces, clock, logger, environment } = ports;
    this.#order = order;
    this.#ports = ports;
    this.#provider = workspaces;
    this.#clock = clock;
    this.#logger = logger;
    this.#hooks = new WorkspaceHooks(order.config, { environment, logger });
    this.#marker = marker;
    this.#patienceMs = patienceMs;
  }

  /** Finds or makes it, and runs `before_run`, which checks where it stands. */
  async prepare(
    signal: AbortSignal,
  ): Promise<{ readonly workspace: Workspace; readonly fingerprint: WorkspaceFingerprint }> {
    const { issue, attempt } = this.#order;
    const found = { issueId: issue.id, identifier: issue.identifier };
    const workspace = await this.#provider.prepare(found, signal);
    this.#workspace = workspace;
    // Before anybody looks at it: a runner that died could not.
    const { stateDir, environment } = this.#ports;
    await AgentRepository.recover({ stateDir, workspace, environment }, signal);
    await this.#hooks.beforeRun(workspace, { runId: this.#marker, attempt }, signal);
    const isUntouched = this.#order.config.hooks.beforeRun === null;
    const known = isUntouched ? workspace.fingerprint : undefined;
    const fingerprint = known ?? (await this.#provider.fingerprint(workspace, signal));
    this.#fingerprint = fingerprint;
    this.#head = fingerprint.head;
    return { workspace, fingerprint };
  }

  /** Whose commits are to be taken over before each look. */
  livesIn(place: Pick<AgentPlace, "publish">): void {
    this.#place = place;
  }

  /** To be called before an agent may change its content. */
  expectChanges(): void {
    this.#fingerprint = null;
  }

  /**
   * Whether the branch is known to stand at another commit than before the agent began. Rejects with `workspace_git`
   * where that cannot be known in time.
   */
  async hasMoved(stop: AbortSignal): Promise<boolean> {
    const workspace = this.#workspace;
    if (workspace === null || this.#head === null) return false;
    const tip = await this.#inTime(takeOverLimitMs, stop, async (signal) => {
      await this.#place?.publish(signal);
      return this.#provider.tip?.(workspace);
    });
    return typeof tip === "string" && tip !== this.#head;
  }

  async inspect(workspace: Workspace, signal: AbortSignal): Promise<WorkspaceFingerprint> {
    await this.#place?.publish(signal);
    const fingerprint = await this.#provider.fingerprint(workspace, signal);
    this.#fingerprint = fingerprint;
    return fingerprint;
  }

  /**
   * Runs `after_run`, however the run ended, and looks at the content for the last time; `null` where there is no
   * workspace or it cannot be read. Nothing of the run may be alive. Never rejects.
   */
  async leave(): Promise<WorkspaceFingerprint | null> {
    const workspace = this.#workspace;
    if (workspace === null) return null;
    const { attempt, config } = this.#order;
    const { signal } = new AbortController();
    await this.#takeOver();
    await this.#hooks.afterRun(workspace, { runId: this.#marker, attempt }, signal);
    if (this.#fingerprint !== null && config.hooks.afterRun === null) return this.#fingerprint;
    return this.#lastLook(workspace);
  }

  async #takeOver(): Promise<void> {
    try {
      await this.#inTime(takeOverLimitMs, null, async (signal) => this.#place?.publish(signal));
    } catch (error) {
      this.#warn(
        "The commits of an agent could not be taken over; its next run tries again.",
        error,
      );
    }
  }

  async #lastLook(workspace: Workspace): Promise<WorkspaceFingerprint | null> {
    try {
      return await this.#inTime(lastLookLimitMs, null, (signal) => this.inspect(workspace, signal));
    } catch (error) {
      this.#warn("The workspace of a run could not be read at its end.", error);
      return null;
    }
  }

  /** The result of `work`, which has `limitMs` for it, and less where the run is stopped meanwhile. */
  async #inTime<Result>(
    limitMs: number,
    stop: AbortSignal | null,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const limit = new AbortController();
    const timer = this.#clock.setTimer(limitMs, () => limit.abort(tooSlow(limitMs)));
    const order = {
      clock: this.#clock,
      signal: stop === null ? limit.signal : AbortSignal.any([limit.signal, stop]),
      patienceMs: this.#patienceMs,
      who: "The workspace",
    };
    try {
      return await withPatience(order, () => work(order.signal));
    } catch (error) {
      throw limit.signal.aborted ? limit.signal.reason : error;
    } finally {
      timer[Symbol.dispose]();
    }
  }

  #warn(message: string, error: unknown): void {
    const { issue, runId } = this.#order;
    this.#logger.log("warn", message, {
      issue_id: issue.id,
      issue_identifier: issue.identifier,
      run_id: runId,
      error: messageOf(error),
    });
  }
}

function tooSlow(limitMs: number): SignalboxError {
  return new SignalboxError<WorkspaceErrorCode>(
    "workspace_git",
    `The workspace could not be read within ${limitMs} ms.`,
    { retryable: true, remedy: "Look for a git that hangs in it, or a disk that does." },
  );
}
