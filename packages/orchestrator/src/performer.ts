import type { SideEffect } from "@signalbox/core";
import { logFieldsOf } from "./perform/log-fields.ts";
import type { PerformContext } from "./perform/perform-context.ts";
import { SerialQueues } from "./perform/serial-queues.ts";
import { checkIssue } from "./perform/check-issue.ts";
import { cleanWorkspace } from "./perform/clean-workspace.ts";
import { deliver } from "./perform/deliver.ts";
import { markClaim } from "./perform/mark-claim.ts";
import { startRun } from "./perform/start-run.ts";
import { transitionIssue } from "./perform/transition-issue.ts";
import { writeComment } from "./perform/write-comment.ts";

/**
 * Performs effects concurrently; what concerns the tracker's record of one issue goes in order. How an effect ended
 * comes back as an event. Nothing here decides.
 */
export class Performer {
  readonly #context: PerformContext;
  readonly #writes: SerialQueues = new SerialQueues();
  readonly #running = new Set<Promise<void>>();

  constructor(context: PerformContext) {
    this.#context = context;
  }

  perform(effect: SideEffect): void {
    const work = this.#start(effect).catch((error: unknown) => {
      const { logger, state } = this.#context;
      const fields = "issueId" in effect ? logFieldsOf(effect.issueId, state()) : {};
      logger.log("error", `performing ${effect.type} broke: ${String(error)}`, fields);
    });
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Resolves when nothing is being performed. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  #start(effect: SideEffect): Promise<void> {
    const context = this.#context;
    switch (effect.type) {
      case "check-issue":
        return checkIssue(effect, context);
      case "start-run":
        return startRun(effect, context);
      case "stop-run":
        return context.runHost.stop(effect.runId, effect.reason);
      case "reply-turn":
        context.supervisor.reply(effect.runId, effect.turn, effect.reply);
        return Promise.resolve();
      case "schedule-retry":
        return Promise.resolve();
      case "write-claim":
      case "release-claim":
        return this.#writes.add(effect.issueId, () => markClaim(effect, context));
      case "transition-issue":
        return this.#writes.add(effect.issueId, () => transitionIssue(effect, context));
      case "write-comment":
        return this.#writes.add(effect.issueId, () => writeComment(effect, context));
      case "deliver":
        return deliver(effect, context);
      case "clean-workspace":
        return cleanWorkspace(effect, context);
    }
  }
}
