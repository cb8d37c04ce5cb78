import type { Issue, TrackerChanges, TrackerProblem } from "@signalbox/contracts";
import { inParallel, Turns } from "@signalbox/http-tracker";
import type { IssueList, IssueLists } from "./issue-lists.ts";
import type { IssueReader, ReadIssue } from "./issue-reader.ts";
import type { IssueRecord } from "./issue-record.ts";

const fullEveryMs = 600_000;
/** So many issues that a full list lacks are looked for one by one. */
const mostLookedFor = 50;
const minuteMs = 60_000;
const dayMs = 86_400_000;
/** A change may be listed a little later than its date says. */
const overlapMs = 10_000;

interface Known extends ReadIssue {
  readonly issue: Issue;
}

interface Snapshot {
  readonly cursor: string;
  readonly known: ReadonlyMap<number, Known>;
  /** RFC 3339, GitHub's time. */
  readonly since: string;
  /** Epoch milliseconds. */
  readonly fullAt: number;
}

export interface FeedOptions {
  readonly closedWithinDays: number;
  readonly now: () => number;
}

/**
 * What changed in a repository, by the moment of each issue's last change. A full read comes first and every ten
 * minutes, since changes tell nothing of issues that were deleted or transferred. A cursor is good in the process that
 * gave it; any other one leads to a full answer.
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

  /** Everything in scope: open issues, and closed ones that were changed not too long ago. */
  async scope(signal: AbortSignal): Promise<IssueList> {
    const open = await this.#lists.open(signal);
    // Whole days: the same question all day long is answered by 304.
    const today = Math.floor(this.#options.now() / dayMs);
    const since = (today - this.#options.closedWithinDays) * dayMs;
    const closed = await this.#lists.closedSince(toInstant(since), signal);
    const records = new Map(open.records.map((record) => [record.number, record]));
    // Closed while the open ones were read.
    for (const record of closed.records) records.set(record.number, record);
    return {
      records: [...records.values()].toSorted((a, b) => a.number - b.number),
      problems: [...open.problems, ...closed.problems],
      readAt: open.readAt,
      changedAt: laterOf(open.changedAt, closed.changedAt),
    };
  }

  async #readAll(before: Snapshot | null, signal: AbortSignal): Promise<TrackerChanges> {
    const fullAt = this.#options.now();
    await this.#reader.refresh(signal);
    const list = await this.scope(signal);
    const missed = before === null ? [] : await this.#missed(before, list.records, signal);
    const records = [...list.records, ...missed];
    const read = await inParallel(records, (record) => this.#reader.read(record, false, signal));
    this.#reader.keep(new Set(records.map(({ number }) => number)));
    const known = this.#known(read);
    const cursor = this.#keep({ known, fullAt, since: sinceAfter(list, fullAt) });
    const issues = [...known.values()].map(({ issue }) => issue);
    return { kind: "full", cursor, issues, problems: this.#problems(list, read) };
  }

  async #readChanges(before: Snapshot, signal: AbortSignal): Promise<TrackerChanges> {
    await this.#reader.refresh(signal);
    const list = await this.#lists.changedSince(before.since, signal);
    const read = await inParallel(list.records, (record) =>
      this.#reader.read(record, false, signal),
    );
    const changed = new Map(read.map((one) => [one.record.number, one]));
    const known = this.#updated(before.known, changed);
    const issues = [...known].flatMap(([number, { issue }]) =>
      isSame(before.known.get(number)?.issue, issue) ? [] : issue,
    );
    const since = list.changedAt === null ? before.since : sinceAfter(list, list.changedAt);
    if (issues.length === 0) {
      this.#snapshot = { ...before, known, since };
      return { kind: "unchanged", cursor: before.cursor };
    }
    const cursor = this.#keep({ known, fullAt: before.fullAt, since });
    return {
      kind: "changes",
      cursor,
      issues,
      removedIds: [],
      problems: this.#problems(list, read),
    };
  }

  /** An issue that is closed while pages are read moves others to pages that were read: those are still there. */
  async #missed(
    before: Snapshot,
    records: readonly IssueRecord[],
    signal: AbortSignal,
  ): Promise<readonly IssueRecord[]> {
    const listed = new Set(records.map(({ number }) => number));
    const missing = [...before.known.values()].flatMap(({ record }) =>
      record.state === "open" && !listed.has(record.number) ? record.number : [],
    );
    return this.#lists.byNumbers(missing.slice(0, mostLookedFor), signal);
  }

  #known(read: readonly ReadIssue[]): Map<number, Known> {
    const records = new Map(read.map(({ record }) => [record.number, record]));
    const newer = (number: number): IssueRecord | null => records.get(number) ?? null;
    return new Map(
      read.map((one) => [one.record.number, { ...one, issue: this.#reader.issue(one, newer) }]),
    );
  }

  /** Only what changed is made again, and what waits for it; all of it where the issue does not tell everything. */
  #updated(
    before: ReadonlyMap<number, Known>,
    changed: ReadonlyMap<number, ReadIssue>,
  ): Map<number, Known> {
    const known = new Map(before);
    const newer = (number: number): IssueRecord | null =>
      changed.get(number)?.record ?? before.get(number)?.record ?? null;
    for (const one of [...before.values(), ...changed.values()]) {
      const { number } = one.record;
      const now = changed.get(number) ?? one;
      const isTouched =
        this.#reader.readsBeside ||
        changed.has(number) ||
        one.refs.some(
          ({ isOurs, record }) => isOurs && record !== null && changed.has(record.number),
        );
      if (isTouched) known.set(number, { ...now, issue: this.#reader.issue(now, newer) });
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
  if (one === other) return true;
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

/**
 * The moment from which on changes are asked for next: that of the newest one that was listed, if it was there when the
 * reading began. What changed later may have been on a page that was read before. `now` where GitHub tells no time.
 */
function sinceAfter({ readAt, changedAt }: IssueList, now: number): string {
  const began = readAt ?? now;
  return toInstant(Math.min(changedAt ?? began - minuteMs, began) - overlapMs);
}

function laterOf(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

/** Whole seconds, as GitHub writes them. */
function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replace(/\.\d+Z$/, "Z");
}
