import type {
  CommentOrder,
  CommentReceipt,
  Issue,
  IssueComment,
  TrackerChanges,
  TransitionOrder,
  TransitionResult,
} from "@signalbox/contracts";
import { normalizeState } from "@signalbox/core";

interface OwnComment {
  readonly body: string;
  readonly writtenAt: string;
}

/** The tracker as a place: what people and the daemon see and change. */
export class TrackerWorld {
  readonly issues: Map<string, Issue> = new Map();
  /** People's comments, by issue. */
  readonly comments: Map<string, IssueComment[]> = new Map();
  /** Keys of our comments, by issue: one comment a key. */
  readonly ownComments: Map<string, Map<string, OwnComment>> = new Map();
  /** Issues that carry our advisory mark. */
  readonly claimed: Set<string> = new Set();
  /** Issues whose state was last written by us. */
  readonly ownStates: Set<string> = new Set();
  /** Requests of before come to nothing where they have not landed yet. */
  #cutOff = 0;
  /** Which issue changed or went, in order. */
  readonly #changed: string[] = [];

  put(issue: Issue): void {
    this.issues.set(issue.id, issue);
    this.#changed.push(issue.id);
  }

  patch(issueId: string, change: Partial<Issue>): void {
    const issue = this.issues.get(issueId);
    if (issue !== undefined) this.put({ ...issue, ...change });
    if (change.state !== undefined) this.ownStates.delete(issueId);
  }

  remove(issueId: string): void {
    if (this.issues.delete(issueId)) this.#changed.push(issueId);
  }

  byStates(states: readonly string[]): readonly Issue[] {
    const wanted = new Set(states.map(normalizeState));
    return [...this.issues.values()]
      .filter(({ state }) => wanted.has(normalizeState(state)))
      .map((issue) => this.#asNow(issue));
  }

  byIds(ids: readonly string[]): readonly Issue[] {
    return ids.flatMap((id) => {
      const issue = this.issues.get(id);
      return issue === undefined ? [] : [this.#asNow(issue)];
    });
  }

  changes(cursor: string | null): TrackerChanges {
    const next = String(this.#changed.length);
    if (cursor === null) {
      const issues = [...this.issues.values()].map((issue) => this.#asNow(issue));
      return { kind: "full", cursor: next, issues };
    }
    if (cursor === next) return { kind: "unchanged", cursor };
    const ids = [...new Set(this.#changed.slice(Number(cursor)))];
    const issues = this.byIds(ids);
    const removedIds = ids.filter((id) => !this.issues.has(id));
    return { kind: "changes", cursor: next, issues, removedIds };
  }

  /**
   * Compares now; what is given back writes, whatever the state is by then: trackers have no write that compares.
   */
  transition(issueId: string, { from, to }: TransitionOrder): () => TransitionResult {
    const gone = { kind: "rejected", reason: "there is no such issue" } as const;
    const issue = this.issues.get(issueId);
    if (issue === undefined) return () => gone;
    const state = normalizeState(issue.state);
    if (state === normalizeState(to)) return () => ({ kind: "confirmed", issue });
    if (from !== null && state !== normalizeState(from)) return () => ({ kind: "conflict", issue });
    return () => {
      const known = this.issues.get(issueId);
      if (known === undefined) return gone;
      const moved = { ...known, state: to, stateKind: null };
      this.put(moved);
      this.ownStates.add(issueId);
      return { kind: "confirmed", issue: moved };
    };
  }

  ensureComment(issueId: string, { key, body }: CommentOrder, at: number): CommentReceipt {
    const own = this.ownComments.get(issueId) ?? new Map<string, OwnComment>();
    this.ownComments.set(issueId, own);
    const known = own.get(key);
    if (known?.body === body) return { writtenAt: known.writtenAt };
    const writtenAt = new Date(at).toISOString();
    own.set(key, { body, writtenAt });
    return { writtenAt };
  }

  /** A clock has jumped: for how long a request can be on its way, nobody can tell any more. */
  dropUnderWay(): void {
    this.#cutOff += 1;
  }

  /** What a request that is on its way does when it lands, if it does. */
  onLanding(work: () => void): () => void {
    const cutOff = this.#cutOff;
    return () => {
      if (cutOff === this.#cutOff) work();
    };
  }

  mark(issueId: string, isClaimed: boolean): void {
    if (isClaimed) this.claimed.add(issueId);
    else this.claimed.delete(issueId);
  }

  comment(issueId: string, at: number, body: string): void {
    const comments = this.comments.get(issueId) ?? [];
    const id = `${issueId}-comment-${comments.length + 1}`;
    comments.push({ id, author: "a person", body, createdAt: new Date(at).toISOString() });
    this.comments.set(issueId, comments);
  }

  commentsAfter(issueId: string, after: string | null): readonly IssueComment[] {
    const comments = this.comments.get(issueId) ?? [];
    return after === null ? comments : comments.filter(({ createdAt }) => createdAt > after);
  }

  /** Blockers are told with the state that they have at the moment. */
  #asNow(issue: Issue): Issue {
    if (issue.blockedBy.length === 0) return issue;
    const blockedBy = issue.blockedBy.map((blocker) => {
      const state = blocker.id === null ? null : (this.issues.get(blocker.id)?.state ?? null);
      return { ...blocker, state };
    });
    return { ...issue, blockedBy };
  }
}
