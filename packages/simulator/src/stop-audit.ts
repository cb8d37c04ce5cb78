import type { DecidedEvent } from "@signalbox/core";
import type { World } from "./world.ts";

/** Beyond the grace: for the order to arrive, for a dead runner to be missed, for everything to be written down. */
const slackMs = 15_000;
/** A disk on which nothing can be written keeps the end from becoming durable, not the agent from ending. */
const writingMs = 60_000;

type StopDecided = Extract<DecidedEvent, { type: "run-stop-decided" }>;

/**
 * A stop that was decided ends its run. The time in which no daemon served does not count, nor what a fault that the
 * daemon was told of makes it wait before it tries again.
 */
export class StopAudit {
  readonly #world: World;
  /** By run: from when on its stop counts. */
  readonly #open = new Map<string, number>();
  /** By run: before then nothing can be done about it. */
  readonly #excused = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
  }

  /** `heardInMs`: after how long the daemon hears at the latest that its decision is durable. */
  onDecided({ issueId, runId, reason }: StopDecided, heardInMs: number): void {
    if (this.#open.has(runId)) return;
    this.#open.set(runId, this.#world.scheduler.now + heardInMs);
    this.#lookAfter(0, { issueId, runId, reason });
  }

  onClosed(runId: string): void {
    this.#open.delete(runId);
    this.#excused.delete(runId);
  }

  /** Nothing can be done about this run before so much time has passed, whether it is to be stopped or not yet. */
  excuse(runId: string, delayMs: number): void {
    const until = this.#world.scheduler.now + delayMs;
    this.#excused.set(runId, Math.max(until, this.#excused.get(runId) ?? until));
  }

  #lookAfter(delayMs: number, stop: Stop): void {
    const { scheduler, config } = this.#world;
    const limitMs = config.original.agent.graceMs + slackMs;
    scheduler.schedule(limitMs + delayMs, "stop looked after", stop.runId, () =>
      this.#look(stop, limitMs),
    );
  }

  #look(stop: Stop, limitMs: number): void {
    const { scheduler, disk, runs, auditor } = this.#world;
    const { issueId, runId, reason } = stop;
    const since = this.#open.get(runId);
    if (since === undefined) return;
    const servesSince = disk.holder?.servesSince ?? scheduler.now;
    const excusedUntil = this.#excused.get(runId) ?? since;
    const waitedMs = scheduler.now - Math.max(since, servesSince, excusedUntil);
    if (waitedMs < limitMs) return this.#lookAfter(-waitedMs, stop);
    const what = `${runId} of ${issueId} was told to stop (${reason}), and after ${waitedMs} ms`;
    if (runs.runs.get(runId)?.isLive === true) {
      auditor.report("stop", `${what} it lives`);
    } else if (disk.isFull) {
      this.excuse(runId, 0);
      this.#lookAfter(writingMs, stop);
    } else if (waitedMs < limitMs + writingMs) {
      this.#lookAfter(writingMs - limitMs, stop);
    } else {
      auditor.report("stop", `${what} its end is not written down`);
    }
  }
}

type Stop = Pick<StopDecided, "issueId" | "runId" | "reason">;
