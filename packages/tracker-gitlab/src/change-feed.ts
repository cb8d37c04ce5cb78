import type { Issue, TrackerChanges, TrackerProblem } from "@signalbox/contracts";
import { Turns } from "@signalbox/http-tracker";
import type { IssueList, IssueLists } from "./issue-lists.ts";
import type { IssueReader, ReadIssue } from "./issue-reader.ts";
import type { IssueRecord } from "./issue-record.ts";

const fullEveryMs = 600_000;
/** GitLab does not move `updated_at` again within a minute of the last time; half as much for clocks and replicas. */
const overlapMs = 90_000;
/** So many issues that a full list lacks are looked for. */
const mostLookedFor = 100;
const dayMs = 86_400_000;

interface Known extends ReadIssue {
  readonly issue: Issue;
}

interface Snapshot {
  readonly cursor: string;
  readonly known: ReadonlyMap<number, Known>;
  /** GitLab's time, epoch milliseconds: what was changed before it is known. */
  readonly since: number;
  /** Epoch milliseconds. */
  readonly fullAt: number;
}

export interface FeedOptions {
  readonly closedWithinDays: number;
  readonly now: () => number;
}

/**
 * What changed in a project, by the moment of each issue's last change. A full read comes first and every ten minutes,
 * since changes tell nothing of issues that were deleted. A cursor is good in the process that gave it; any other one
 * leads to a full answer.
 */
export class ChangeFeed {
  readonly #lists: IssueLists;
  readonly #reader: IssueReader;
  readonly #options: FeedOptions;
  readonly #turns = new Turns();
  #snapshot: Snapshot | null = null;
  #count = 0;

  constructor(lists: IssueLists, reader: IssueReader, options: FeedOptions) {
    this.#lists = lists;
    this.#reader = reader;
    this.#options = options;
  }

  async fetch(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    return this.#turns.take(signal, async () => {
      const before = this.#snapshot;
      const isDue = before === null || Math.abs(this.#options.now() - before.fullAt) >= fullEveryMs;
      return before === null || isDue || cursor !== before.cursor
        ? this.#readAll(before, signal)
        : this.#readChanges(before, signal);
    });
  }

  /** Open issues, and where asked for closed ones that were changed not too long ago. */
  async scope(hasClosed: boolean, signal: AbortSignal): Promise<IssueList> {
    const open = await this.#lists.open(signal);
    if (!hasClosed) return open;
    const since = this.#options.now() - this.#options.closedWithinDays * dayMs;
    const closed = await this.#lists.closedSince(new Date(since).toISOString(), signal);
    const records = new Map(open.records.map((record) => [record.iid, record]));
    // Closed while the open ones were read.
    for (const record of closed.records) records.set(record.iid, record);
    return {
      records: [...records.values()].toSorted((a, b) => a.iid - b.iid),
      moved: [...open.moved, ...closed.moved],
      problems: [...open.problems, ...closed.problems],
      readAt: open.readAt,
    };
  }

  async #readAll(before: Snapshot | null, signal: AbortSignal): Promise<TrackerChanges> {
    const fullAt = this.#options.now();
    const list = await this.scope(true, signal);
    const missed = before === null ? [] : await this.#missed(before, list.records, signal);
    const records = [...list.records, ...missed];
    const read = await this.#reader.read(records, false, signal);
    this.#reader.keep(new Set(records.map(({ iid }) => iid)));
    const known = this.#known(read);
    const cursor = this.#keep({ known, fullAt, since: list.readAt ?? fullAt });
    const issues = [...known.values()].map(({ issue }) => issue);
    return { kind: "full", cursor, issues, problems: this.#problems(list, read) };
  }

  async #readChanges(before: Snapshot, signal: AbortSignal): Promise<TrackerChanges> {
    const askedAt = this.#options.now();
    const since = new Date(before.since - overlapMs).toISOString();
    const list = await this.#lists.changedSince(since, signal);
    const read = await this.#reader.read(list.records, false, signal);
    const changed = new Map(read.map((one) => [one.record.iid, one]));
    const removed = list.moved.filter((iid) => before.known.has(iid));
    const known = this.#updated(before.known, changed);
    for (const iid of removed) known.delete(iid);
    const issues = [...known].flatMap(([iid, { issue }]) =>
      isSame(before.known.get(iid)?.issue, issue) ? [] : issue,
    );
    const next = { known, fullAt: before.fullAt, since: list.readAt ?? askedAt };
    if (issues.length === 0 && removed.length === 0) {
      this.#snapshot = { ...next, cursor: before.cursor };
      return { kind: "unchanged", cursor: before.cursor };
    }
    return {
      kind: "changes",
      cursor: this.#keep(next),
      issues,
      removedIds: removed.map(String),
      problems: this.#problems(list, read),
    };
  }

  /** An issue that is closed while pages are read moves others to pages that were read: those are still there. */
  async #missed(
    before: Snapshot,
    records: readonly IssueRecord[],
    signal: AbortSignal,
  ): Promise<readonly IssueRecord[]> {
    const listed = new Set(records.map(({ iid }) => iid));
    const missing = [...before.known.values()].flatMap(({ record }) =>
      record.state === "opened" && !listed.has(record.iid) ? record.iid : [],
    );
    return this.#lists.byNumbers(missing.slice(0, mostLookedFor), signal);
  }

  #known(read: readonly ReadIssue[]): Map<number, Known> {
    const records = new Map(read.map(({ record }) => [record.iid, record]));
    const newer = (iid: number): IssueRecord | null => records.get(iid) ?? null;
    return new Map(
      read.map((one) => [one.record.iid, { ...one, issue: this.#reader.issue(one, newer) }]),
    );
  }

  /** Only what changed is made again, and what waits for it. */
  #updated(
    before: ReadonlyMap<number, Known>,
    changed: ReadonlyMap<number, ReadIssue>,
  ): Map<number, Known> {
    const known = new Map(before);
    const newer = (iid: number): IssueRecord | null =>
      changed.get(iid)?.record ?? before.get(iid)?.record ?? null;
    for (const one of [...before.values(), ...changed.values()]) {
      const { iid } = one.record;
      const now = changed.get(iid) ?? one;
      const isTouched =
        changed.has(iid) ||
        one.refs.some(({ isOurs, record }) => isOurs && record !== null && changed.has(record.iid));
      if (isTouched) known.set(iid, { ...now, issue: this.#reader.issue(now, newer) });
    }
    return known;
  }

  #keep(snapshot: Omit<Snapshot, "cursor">): string {
    this.#count += 1;
    const cursor = `${snapshot.fullAt}-${this.#count}`;
    this.#snapshot = { ...snapshot, cursor };
    return cursor;
  }

  #problems(list: IssueList, read: readonly ReadIssue[]): readonly TrackerProblem[] {
    return [...list.problems, ...read.flatMap((one) => this.#reader.problem(one) ?? [])];
  }
}

function isSame(one: Issue | undefined, other: Issue): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
