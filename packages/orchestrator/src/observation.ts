import type { Clock, IssueComment, Tracker, TrackerProblem } from "@signalbox/contracts";
import type { OrchestratorEvent, OrchestratorState } from "@signalbox/core";
import { retryAfterOf } from "./problem.ts";
import { withTimeLimit } from "./time-limit.ts";

const pollLimitMs = 120_000;
const fullReadIntervalMs = 600_000;

export interface ObservationPorts {
  readonly clock: Clock;
  readonly tracker: Tracker;
  readonly signal: AbortSignal;
  readonly state: () => OrchestratorState;
  readonly post: (event: OrchestratorEvent) => void;
  /** Takes over a changed configuration before anything new is looked at. */
  readonly refreshConfig: () => Promise<void>;
  readonly onRecords: (problems: readonly TrackerProblem[]) => void;
  readonly onFailure: (error: unknown, doing: string) => void;
  /** It works (again). */
  readonly onSuccess: (doing: string) => void;
}

export interface PollResult {
  readonly ok: boolean;
  /** The tracker asked not to be asked again before so many milliseconds. */
  readonly retryAfterMs: number | null;
}

/**
 * One look at the tracker: reconcile what is claimed, validate the configuration, observe the rest. A failed part is
 * reported and leaves everything as it was; it is never read as "issue gone".
 */
export class Observation {
  readonly #ports: ObservationPorts;
  #cursor: string | null = null;
  #fullReadAt: number | null = null;
  #swept = false;
  /** By issue: the parking that was asked about, and up to when its comments were read. */
  readonly #answersRead = new Map<string, { readonly parkedAt: number; readonly until: string }>();

  constructor(ports: ObservationPorts) {
    this.#ports = ports;
  }

  async poll(): Promise<PollResult> {
    const reconciled = await this.#attempt("refreshing the claimed issues", () =>
      this.#reconcile(),
    );
    await this.#ports.refreshConfig();
    const observed = await this.#attempt("reading the tracker", () => this.#observe());
    await this.#attempt("reading answers", () => this.#readAnswers());
    const retryAfterMs = Math.max(reconciled.retryAfterMs ?? 0, observed.retryAfterMs ?? 0);
    return {
      ok: reconciled.ok && observed.ok,
      retryAfterMs: retryAfterMs > 0 ? retryAfterMs : null,
    };
  }

  /** Adapters that deliver changes over every state need no second question about the claimed issues. */
  async #reconcile(): Promise<void> {
    const { tracker } = this.#ports;
    if (tracker.fetchChanges !== undefined) return;
    const state = this.#ports.state();
    const ids = new Set(state.claims.keys());
    if (!this.#swept) for (const id of state.workspaces.keys()) ids.add(id);
    if (ids.size > 0) {
      const requestedIds = [...ids];
      const readAt = this.#ports.clock.now();
      const issues = await this.#limited("refreshing issues", (signal) =>
        tracker.fetchIssuesByIds(requestedIds, signal),
      );
      this.#ports.post({
        type: "issues-refreshed",
        at: this.#ports.clock.now(),
        requestedIds,
        issues,
        readAt,
      });
    }
    this.#swept = true;
  }

  async #observe(): Promise<void> {
    const { tracker, clock } = this.#ports;
    if (tracker.fetchChanges === undefined) {
      const { activeStates } = this.#ports.state().policy;
      const readAt = clock.now();
      const issues = await this.#limited("listing issues", (signal) =>
        tracker.fetchIssuesByStates(activeStates, signal),
      );
      const at = clock.now();
      const removedIds: string[] = [];
      this.#ports.post({
        type: "issues-observed",
        at,
        scope: "active",
        issues,
        removedIds,
        readAt,
      });
      return;
    }
    const now = clock.now();
    const isFullReadDue =
      this.#fullReadAt === null || Math.abs(now - this.#fullReadAt) >= fullReadIntervalMs;
    const cursor = isFullReadDue ? null : this.#cursor;
    const changes = await this.#limited("reading changes", (signal) =>
      // The method is looked up again so that it is called on its object.
      tracker.fetchChanges === undefined
        ? Promise.reject(new Error("fetchChanges vanished"))
        : tracker.fetchChanges(cursor, signal),
    );
    const at = clock.now();
    if (changes.kind === "full") {
      this.#ports.post({
        type: "issues-observed",
        at,
        scope: "full",
        issues: changes.issues,
        removedIds: [],
        readAt: now,
      });
    } else if (changes.kind === "changes") {
      const { issues, removedIds } = changes;
      this.#ports.post({
        type: "issues-observed",
        at,
        scope: "changes",
        issues,
        removedIds,
        readAt: now,
      });
    }
    for (const { issueId, key } of changes.signals ?? []) {
      this.#ports.post({ type: "stop-requested", at, issueId, by: "somebody in the tracker", key });
    }
    if (cursor === null) this.#fullReadAt = now;
    this.#cursor = changes.cursor;
    if (changes.kind !== "unchanged") this.#ports.onRecords(changes.problems ?? []);
  }

  /** People's comments on parked issues are answers. */
  async #readAnswers(): Promise<void> {
    const { tracker, clock } = this.#ports;
    if (tracker.fetchComments === undefined) return;
    for (const [issueId, claim] of this.#ports.state().claims.entries()) {
      if (claim.phase !== "parked" || claim.reason.kind !== "needs-input") continue;
      const { parkedAt, askedAt } = claim;
      const read = this.#answersRead.get(issueId);
      const after =
        read?.parkedAt === parkedAt ? read.until : (askedAt ?? new Date(parkedAt).toISOString());
      const comments: readonly IssueComment[] = await this.#limited("reading comments", (signal) =>
        tracker.fetchComments === undefined
          ? Promise.resolve([])
          : tracker.fetchComments(issueId, after, signal),
      );
      const last = comments.at(-1);
      if (last === undefined) continue;
      this.#answersRead.set(issueId, { parkedAt, until: last.createdAt });
      const text = comments.map((comment) => comment.body).join("\n\n");
      const at = clock.now();
      this.#ports.post({ type: "answer-received", at, issueId, text, by: last.author });
    }
  }

  #limited<T>(doing: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return withTimeLimit(this.#ports.clock, pollLimitMs, doing, this.#ports.signal, work);
  }

  async #attempt(doing: string, work: () => Promise<void>): Promise<PollResult> {
    try {
      await work();
      this.#ports.onSuccess(doing);
      return { ok: true, retryAfterMs: null };
    } catch (error) {
      if (this.#ports.signal.aborted) return { ok: false, retryAfterMs: null };
      this.#ports.onFailure(error, doing);
      return { ok: false, retryAfterMs: retryAfterOf(error) };
    }
  }
}
