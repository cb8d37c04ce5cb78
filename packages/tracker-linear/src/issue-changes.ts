import { SignalboxError } from "@signalbox/contracts";
import type { Issue, TrackerChanges } from "@signalbox/contracts";
import type { IssueList, IssueReader } from "./issue-reader.ts";
import type { IssueScope, Viewer } from "./issue-scope.ts";
import type { IssueNode } from "./issue-node.ts";

/** A cursor alone misses deletions, renamed labels and changed relations, milliseconds. */
const fullReadIntervalMs = 600_000;

/** Changes may become visible a little later than their date says, milliseconds. */
const overlapMs = 60_000;

/** A mass edit of the workspace beyond this is cheaper to read as the scope in full. */
const mostChangedPages = 20;

/**
 * What changed, by `updatedAt` and Linear's own clock. Changes are read from the whole workspace as far as the token
 * sees it: that is what tells of issues that left the scope, and of blockers outside of it.
 */
export class IssueChanges {
  readonly #scope: IssueScope;
  readonly #reader: IssueReader;
  readonly #now: () => number;
  /** Issues in scope with the ids of their blockers. */
  readonly #known = new Map<string, readonly string[]>();
  /** Versions told within the overlap: the same one is no change. */
  #told = new Map<string, string>();
  /** By the host's clock; `null`: this object has not seen the scope yet. */
  #fullReadAt: number | null = null;
  /** The cursor handed out last. With another one the caller has not seen what we remember of. */
  #cursor: string | null = null;
  #count = 0;

  constructor(scope: IssueScope, reader: IssueReader, now: () => number) {
    this.#scope = scope;
    this.#reader = reader;
    this.#now = now;
  }

  async since(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    const viewer = await this.#scope.viewer(signal);
    const isOurs = cursor !== null && cursor === this.#cursor;
    const since = isOurs ? Date.parse(cursor.slice(0, cursor.indexOf("#"))) : Number.NaN;
    if (Number.isNaN(since) || this.#isFullReadDue()) return this.#full(signal);
    const list = await this.#changed(new Date(since - overlapMs).toISOString(), signal);
    return list === null ? this.#full(signal) : this.#compare(list, viewer, signal);
  }

  #isFullReadDue(): boolean {
    const at = this.#fullReadAt;
    return at === null || Math.abs(this.#now() - at) >= fullReadIntervalMs;
  }

  async #full(signal: AbortSignal): Promise<TrackerChanges> {
    const startedAt = this.#now();
    const { nodes, problems, at } = await this.#reader.list(this.#scope.filter(), signal);
    if (nodes.length === 0) await this.#scope.confirm(signal);
    const { issues, problems: parts } = await this.#reader.complete(nodes, signal);
    this.#known.clear();
    for (const issue of issues) this.#remember(issue);
    this.#fullReadAt = startedAt;
    const cursor = this.#advance(nodes, at);
    return { kind: "full", cursor, issues, problems: [...problems, ...parts] };
  }

  /** Each cursor is one of its own, also of two reads within a second. */
  #advance(nodes: readonly IssueNode[], at: number): string {
    this.#told = new Map(nodes.map((node) => [node.id, versionOf(node)]));
    this.#count += 1;
    this.#cursor = `${new Date(at).toISOString()}#${this.#count}`;
    return this.#cursor;
  }

  /** `null`: too much to be worth it. */
  async #changed(from: string, signal: AbortSignal): Promise<IssueList | null> {
    try {
      return await this.#reader.listChanged({ updatedAt: { gte: from } }, signal, mostChangedPages);
    } catch (error) {
      const isTooMuch =
        SignalboxError.isInstance(error) && error.code === "tracker_pagination" && !error.retryable;
      if (isTooMuch) return null;
      throw error;
    }
  }

  async #compare(
    { nodes, problems, at }: IssueList,
    viewer: Viewer,
    signal: AbortSignal,
  ): Promise<TrackerChanges> {
    const fresh = nodes.filter((node) => this.#told.get(node.id) !== versionOf(node));
    const inScope = fresh.filter((node) => this.#scope.has(node, viewer));
    const { issues, problems: parts } = await this.#reader.complete(inScope, signal);
    const told = new Set(issues.map(({ id }) => id));
    const left = fresh.flatMap(({ id }) => (told.has(id) || !this.#known.has(id) ? [] : id));
    if (left.length > 0) await this.#scope.confirm(signal);
    const blocked = this.#blockedBy(
      new Set(fresh.map(({ id }) => id)),
      new Set([...told, ...left]),
    );
    const reread = await this.#reader.byIds(blocked, this.#scope.filter(), signal);
    // Only now, so that a failed read is read again.
    const all = [...issues, ...reread];
    for (const issue of all) this.#remember(issue);
    for (const id of left) this.#known.delete(id);
    const cursor = this.#advance(nodes, at);
    if (all.length === 0 && left.length === 0 && problems.length === 0) {
      return { kind: "unchanged", cursor };
    }
    const changed = { issues: all, removedIds: left, problems: [...problems, ...parts] };
    return { kind: "changes", cursor, ...changed };
  }

  /** Issues whose blockers changed: their own date stays as it was. */
  #blockedBy(changed: ReadonlySet<string>, known: ReadonlySet<string>): readonly string[] {
    return [...this.#known].flatMap(([id, blockers]) =>
      !known.has(id) && blockers.some((blocker) => changed.has(blocker)) ? id : [],
    );
  }

  #remember({ id, blockedBy }: Issue): void {
    this.#known.set(
      id,
      blockedBy.flatMap((blocker) => blocker.id ?? []),
    );
  }
}

function versionOf({
  updatedAt,
  state,
  team,
  project,
  assignee,
  archivedAt,
  trashed,
}: IssueNode): string {
  return JSON.stringify([
    updatedAt,
    state.name,
    team?.key,
    project?.slugId,
    assignee?.id,
    archivedAt,
    trashed,
  ]);
}
