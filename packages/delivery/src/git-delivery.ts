import type {
  Delivery,
  DeliveryOrder,
  DeliveryResult,
  Logger,
  WorkflowConfig,
} from "@signalbox/contracts";
import { SignalboxError } from "@signalbox/contracts";
import { deliverBranch } from "./deliver-branch.ts";
import { deliverMerge } from "./deliver-merge.ts";
import { failedResult } from "./delivery-problem.ts";
import { findDelivered } from "./find-delivered.ts";
import { requireGit } from "./git-version.ts";
import { inLane } from "./lane.ts";
import { TargetRepository } from "./target-repository.ts";

export interface GitDeliveryOptions {
  /** Files or folders, relative to the repository's top, that no delivery changes: the tracker's own file. */
  readonly protectedPaths?: readonly string[];
  /** Default: `process.env`. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Wall time of each fetch, push or look at a URL, in ms; past it the delivery has failed. Default: 10 minutes. */
  readonly remoteTimeoutMs?: number;
  /** Gets one line for each delivery. Default: nobody. */
  readonly logger?: Logger;
}

const remoteLimitMs = 10 * 60_000;

const stopped: DeliveryResult = {
  kind: "failed",
  message: "The delivery was stopped. It is tried again.",
  retryable: true,
};

/**
 * Delivers what is committed on a workspace's branch as `delivery.kind` says: `none`, `branch` or `merge`. Holds no
 * state: several instances may deliver into one repository, and orders for one base branch wait for each other
 * throughout the process.
 */
export class GitDelivery implements Delivery {
  readonly #config: WorkflowConfig;
  readonly #protectedPaths: readonly string[];
  readonly #target: TargetRepository;
  readonly #logger: Logger | null;

  /** Throws `workflow_invalid` for a kind that is not available. */
  constructor(config: WorkflowConfig, options: GitDeliveryOptions = {}) {
    if (config.delivery.kind === "pull-request") {
      throw new SignalboxError("workflow_invalid", "delivery.kind pull-request is not available.", {
        remedy: "Set delivery.kind to none, branch or merge.",
      });
    }
    this.#config = config;
    this.#protectedPaths = options.protectedPaths ?? [];
    this.#target = new TargetRepository(
      config,
      options.environment ?? process.env,
      options.remoteTimeoutMs ?? remoteLimitMs,
    );
    this.#logger = options.logger ?? null;
  }

  /** An abort makes it `failed` and retryable; by then nothing of it runs any more. */
  async deliver(order: DeliveryOrder, signal: AbortSignal): Promise<DeliveryResult> {
    const result = await this.#deliver(order, signal).catch((error: unknown) => {
      return signal.aborted ? stopped : failedResult(error);
    });
    this.#log(order, result);
    return result;
  }

  /**
   * Issues whose results stand in the base branch or in a delivered branch, by the trailers of the commits there:
   * identifier → newest commit. Rebuilds what is known of deliveries when the state folder was lost; the journal goes
   * first wherever there is one, since an agent can write any trailer. For a URL it reads the mirror, which must be
   * there. Throws `workspace_git`.
   */
  async findDelivered(signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    if (this.#config.delivery.kind === "none") return new Map();
    try {
      return await findDelivered(this.#target, signal);
    } catch (error) {
      signal.throwIfAborted();
      const result = failedResult(error);
      if (result.kind !== "failed") throw error;
      throw new SignalboxError("workspace_git", result.message, {
        retryable: result.retryable,
        cause: error,
      });
    }
  }

  async #deliver(order: DeliveryOrder, signal: AbortSignal): Promise<DeliveryResult> {
    const { kind } = this.#config.delivery;
    if (kind === "none") return { kind: "delivered", commit: null, branch: null, notes: [] };
    const target = this.#target;
    target.requireFolders();
    await requireGit(target, signal);
    const base = await target.baseBranch(signal);
    const scene = { config: this.#config, target, protectedPaths: this.#protectedPaths, signal };
    const work = kind === "merge" ? deliverMerge : deliverBranch;
    return inLane(`${target.address}\0${base}`, signal, () => work(order, base, scene));
  }

  #log(order: DeliveryOrder, result: DeliveryResult): void {
    const level = result.kind === "failed" ? "warn" : "info";
    this.#logger?.log(level, `Delivery ended: ${result.kind}.`, {
      issue_id: order.workspace.issueId,
      issue_identifier: order.issueIdentifier,
      ...(result.kind === "delivered" ? { commit: result.commit, branch: result.branch } : {}),
      ...(result.kind === "waiting" ? { reason: result.reason } : {}),
      ...(result.kind === "failed" ? { reason: result.message } : {}),
    });
  }
}
