import { SignalboxError } from "@signalbox/contracts";
import type {
  ActivityOrder,
  CommentOrder,
  CommentReceipt,
  Issue,
  IssueBlocker,
  IssueComment,
  LinkOrder,
  StateKind,
  Tracker,
  TrackerChanges,
  TrackerDescription,
  TrackerErrorCode,
  TrackerSignal,
  TransitionOrder,
  TransitionResult,
} from "@signalbox/contracts";
import { CommentStore } from "./comment-store.ts";
import { createIssue } from "./create-issue.ts";
import type { NewIssue } from "./create-issue.ts";
import { KeyedStore } from "./keyed-store.ts";
import type { MemoryOptions } from "./memory-options.ts";
import { normalLabels } from "./normal-labels.ts";
import { foldState, kindOf, knownStates } from "./state-kinds.ts";

/** A write as it was ordered, whether or not it changed anything. */
export type MemoryWrite =
  | { readonly kind: "transition"; readonly issueId: string; readonly order: TransitionOrder }
  | { readonly kind: "comment"; readonly issueId: string; readonly order: CommentOrder }
  | { readonly kind: "link"; readonly issueId: string; readonly order: LinkOrder }
  | { readonly kind: "activity"; readonly issueId: string; readonly order: ActivityOrder }
  | { readonly kind: "claim" | "release"; readonly issueId: string; readonly key: string };

export interface MemoryTrackerOptions extends MemoryOptions {
  /** Epoch milliseconds, for the dates of comments. Default `Date.now`. */
  readonly now?: (() => number) | undefined;
}

/**
 * A tracker without a tracker: issues live in this object, and every optional method is there. Blockers that name an
 * issue by id follow its state. For tests, and for hosts that keep their work elsewhere.
 */
export class MemoryTracker implements Tracker {
  readonly #issues = new Map<string, Issue>();
  /** Number of the change that last touched the issue, or removed it. */
  readonly #changedAt = new Map<string, number>();
  /** Issues that name a blocker, by the blocker's id. */
  readonly #blocked = new Map<string, Set<string>>();
  readonly #comments: CommentStore;
  readonly #claims = new Map<string, string>();
  readonly #links = new KeyedStore<LinkOrder>();
  readonly #activities = new KeyedStore<ActivityOrder>();
  readonly #signals: TrackerSignal[] = [];
  readonly #writes: MemoryWrite[] = [];
  readonly #failures: Error[] = [];
  readonly #scope: string;
  #changes = 0;

  constructor(options: MemoryTrackerOptions = {}) {
    this.#scope = options.scope ?? "memory";
    this.#comments = new CommentStore(options.now ?? Date.now);
    for (const issue of options.issues ?? []) this.put(issue);
  }

  /** Every write that was ordered, oldest first. */
  get writes(): readonly MemoryWrite[] {
    return this.#writes;
  }

  /** Adds the issue, or changes what is given of the one with this id (the identifier, if there is no id). */
  put(issue: NewIssue): Issue {
    const known = this.#issues.get(issue.id ?? issue.identifier);
    const kind = issue.state === undefined ? {} : { stateKind: kindOf(issue.state) };
    return this.#keep(known ? { ...known, ...kind, ...issue } : createIssue(issue));
  }

  /** As if somebody had deleted it. */
  remove(id: string): void {
    if (!this.#issues.delete(id)) return;
    this.#touch(id);
    this.#refreshBlockedBy(id);
  }

  /** The next call of any method of the port rejects with this error; several are taken one by one. */
  failNext(error: Error): void {
    this.#failures.push(error);
  }

  /** Comments of the issue, ours and those of people, oldest first. */
  comments(issueId: string): readonly IssueComment[] {
    return this.#comments.all(issueId);
  }

  /** A comment as a person would write it. */
  addComment(issueId: string, author: string, body: string): IssueComment {
    return this.#comments.add(issueId, null, author, body);
  }

  /** Key of the claim on the issue; `null` where nobody holds it. */
  claimOf(issueId: string): string | null {
    return this.#claims.get(issueId) ?? null;
  }

  /** Links beside the issue, oldest first. */
  links(issueId: string): readonly LinkOrder[] {
    return this.#links.all(issueId);
  }

  /** What was reported of the issue's agent, oldest first. */
  activities(issueId: string): readonly ActivityOrder[] {
    return this.#activities.all(issueId);
  }

  /** As if somebody had told the agent to stop. Every later look at the changes tells it, as trackers may. */
  signal(signal: TrackerSignal): void {
    this.#signals.push(signal);
  }

  async fetchIssuesByStates(
    states: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    this.#enter(signal);
    const wanted = new Set(states.map(foldState));
    return [...this.#issues.values()].filter(({ state }) => wanted.has(foldState(state)));
  }

  async fetchIssuesByIds(ids: readonly string[], signal: AbortSignal): Promise<readonly Issue[]> {
    this.#enter(signal);
    return [...new Set(ids)].flatMap((id) => this.#issues.get(id) ?? []);
  }

  async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    this.#enter(signal);
    const current = `${this.#changes}`;
    const since = cursor === null || !/^\d+$/.test(cursor) ? null : Number(cursor);
    const told = this.#signals.length === 0 ? {} : { signals: [...this.#signals] };
    if (since === this.#changes) return { kind: "unchanged", cursor: current, ...told };
    if (since === null || since > this.#changes) {
      return { kind: "full", cursor: current, issues: [...this.#issues.values()], ...told };
    }
    const changed = [...this.#changedAt].flatMap(([id, at]) => (at > since ? id : []));
    return {
      kind: "changes",
      cursor: current,
      issues: changed.flatMap((id) => this.#issues.get(id) ?? []),
      removedIds: changed.filter((id) => !this.#issues.has(id)),
      ...told,
    };
  }

  async transition(
    issueId: string,
    order: TransitionOrder,
    signal: AbortSignal,
  ): Promise<TransitionResult> {
    this.#enter(signal);
    const issue = this.#issueFor(issueId);
    this.#writes.push({ kind: "transition", issueId, order });
    if (foldState(issue.state) === foldState(order.to)) return { kind: "confirmed", issue };
    if (order.from !== null && foldState(issue.state) !== foldState(order.from)) {
      return { kind: "conflict", issue };
    }
    const stateKind = kindOf(order.to);
    return { kind: "confirmed", issue: this.#keep({ ...issue, state: order.to, stateKind }) };
  }

  async ensureComment(
    issueId: string,
    order: CommentOrder,
    signal: AbortSignal,
  ): Promise<CommentReceipt> {
    this.#enter(signal);
    this.#issueFor(issueId);
    this.#writes.push({ kind: "comment", issueId, order });
    return this.#comments.ensure(issueId, order);
  }

  async fetchComments(
    issueId: string,
    after: string | null,
    signal: AbortSignal,
  ): Promise<readonly IssueComment[]> {
    this.#enter(signal);
    this.#issueFor(issueId);
    return this.#comments.ofPeople(issueId, after);
  }

  async attachLink(issueId: string, order: LinkOrder, signal: AbortSignal): Promise<void> {
    this.#enter(signal);
    this.#issueFor(issueId);
    this.#writes.push({ kind: "link", issueId, order });
    this.#links.add(issueId, order.url, order);
  }

  async reportActivity(issueId: string, order: ActivityOrder, signal: AbortSignal): Promise<void> {
    this.#enter(signal);
    this.#issueFor(issueId);
    this.#writes.push({ kind: "activity", issueId, order });
    this.#activities.add(issueId, order.key, order);
  }

  async claim(
    issueId: string,
    { key }: { readonly key: string },
    signal: AbortSignal,
  ): Promise<void> {
    this.#enter(signal);
    this.#issueFor(issueId);
    this.#writes.push({ kind: "claim", issueId, key });
    this.#claims.set(issueId, key);
  }

  async release(
    issueId: string,
    { key }: { readonly key: string },
    signal: AbortSignal,
  ): Promise<void> {
    this.#enter(signal);
    this.#writes.push({ kind: "release", issueId, key });
    this.#claims.delete(issueId);
  }

  async describe(signal: AbortSignal): Promise<TrackerDescription> {
    this.#enter(signal);
    const kinds = new Map<string, StateKind | null>(knownStates);
    for (const { state, stateKind } of this.#issues.values()) {
      if (!kinds.has(foldState(state))) kinds.set(state, stateKind);
    }
    const states = [...kinds].map(([name, kind]) => ({ name, kind }));
    return { scope: this.#scope, url: null, states };
  }

  #enter(signal: AbortSignal): void {
    signal.throwIfAborted();
    const failure = this.#failures.shift();
    if (failure !== undefined) throw failure;
  }

  #issueFor(id: string): Issue {
    const issue = this.#issues.get(id);
    if (issue !== undefined) return issue;
    const code: TrackerErrorCode = "tracker_status";
    throw new SignalboxError(code, `the tracker ${this.#scope} has no issue ${id} (any more)`, {
      remedy: "Put the issue first.",
    });
  }

  #keep(issue: Issue): Issue {
    const kept = { ...this.#withBlockers(issue), labels: normalLabels(issue.labels) };
    this.#issues.set(kept.id, kept);
    this.#touch(kept.id);
    for (const { id } of kept.blockedBy) {
      if (id === null) continue;
      const blocked = this.#blocked.get(id) ?? new Set();
      this.#blocked.set(id, blocked.add(kept.id));
    }
    this.#refreshBlockedBy(kept.id);
    return kept;
  }

  #touch(id: string): void {
    this.#changes += 1;
    this.#changedAt.set(id, this.#changes);
  }

  #refreshBlockedBy(id: string): void {
    for (const blockedId of this.#blocked.get(id) ?? []) {
      const issue = this.#issues.get(blockedId);
      if (issue === undefined) continue;
      this.#issues.set(blockedId, this.#withBlockers(issue));
      this.#touch(blockedId);
    }
  }

  /** Blockers as they are now; one that is not here has an unknown state, which blocks. */
  #withBlockers(issue: Issue): Issue {
    const blockedBy = issue.blockedBy.map(({ id, identifier }): IssueBlocker => {
      const known = id === null ? undefined : this.#issues.get(id);
      return {
        id,
        identifier: known?.identifier ?? identifier,
        state: known?.state ?? null,
        stateKind: known?.stateKind ?? null,
      };
    });
    return { ...issue, blockedBy };
  }
}
