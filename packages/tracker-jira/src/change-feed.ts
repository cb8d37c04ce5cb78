import type { Issue, TrackerChanges } from "@signalbox/contracts";
import { Turns } from "@signalbox/http-tracker";
import type { IssueList, IssueLists } from "./issue-lists.ts";
import type { IssueReader } from "./issue-reader.ts";
import type { IssueRecord } from "./issue-record.ts";

const fullEveryMs = 600_000;
/** JQL counts in whole minutes, and the index of Cloud is some seconds behind. */
const overlapMinutes = 3;
/** So many issues that a full list lacks are looked for. */
const mostLookedFor = 100;

interface Known {
  readonly record: IssueRecord;
  readonly issue: Issue;
}

interface Snapshot {
  readonly cursor: string;
  readonly known: ReadonlyMap<string, Known>;
  /** When it was asked for, epoch milliseconds by our clock: only how long ago that is, is ever used. */
  readonly askedAt: number;
  readonly fullAt: number;
}

export interface FeedOptions {
  readonly doneWithinDays: number;
  readonly now: () => number;
}

/**
 * What changed in scope, by how long ago it did. A full read comes first and every ten minutes, since changes tell
 * nothing of issues that were deleted or moved to another project. A cursor is good in the process that gave it; any
 * other one leads to a full answer.
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
      const now = this.#options.now();
      // A clock that was set back tells no duration.
      const isUsable =
        before !== null &&
        cursor === before.cursor &&
        now >= before.askedAt &&
        Math.abs(now - before.fullAt) < fullEveryMs;
      return isUsable ? this.#readChanges(before, signal) : this.#readAll(before, signal);
    });
  }

  async scope(signal: AbortSignal): Promise<IssueList> {
    return this.#lists.all(this.#options.doneWithinDays, signal);
  }

  async #readAll(before: Snapshot | null, signal: AbortSignal): Promise<TrackerChanges> {
    const askedAt = this.#options.now();
    const list = await this.scope(signal);
    const missed = before === null ? [] : await this.#missed(before, list.records, signal);
    const records = [...list.records, ...missed].map((record) =>
      newerOf(before?.known.get(record.id)?.record, record),
    );
    await this.#reader.load(records, signal);
    const byId = new Map(records.map((record) => [record.id, record]));
    const known = new Map(
      records.map((record) => {
        const issue = this.#reader.issue(record, (id) => byId.get(id) ?? null);
        return [record.id, { record, issue }];
      }),
    );
    const cursor = this.#keep({ known, askedAt, fullAt: askedAt });
    const issues = [...known.values()].map(({ issue }) => issue);
    return { kind: "full", cursor, issues, problems: list.problems };
  }

  async #readChanges(before: Snapshot, signal: AbortSignal): Promise<TrackerChanges> {
    const askedAt = this.#options.now();
    const minutes = Math.ceil((askedAt - before.askedAt) / 60_000) + overlapMinutes;
    const list = await this.#lists.changedWithin(minutes, signal);
    const changed = new Map(
      list.records.map((record) => [
        record.id,
        newerOf(before.known.get(record.id)?.record, record),
      ]),
    );
    const removed = list.outside.filter((id) => before.known.has(id));
    await this.#reader.load([...changed.values()], signal);
    const known = this.#updated(before.known, changed);
    for (const id of removed) known.delete(id);
    const issues = [...known].flatMap(([id, { issue }]) =>
      isSame(before.known.get(id)?.issue, issue) ? [] : issue,
    );
    const next = { known, askedAt, fullAt: before.fullAt };
    if (issues.length === 0 && removed.length === 0) {
      this.#snapshot = { ...next, cursor: before.cursor };
      return { kind: "unchanged", cursor: before.cursor };
    }
    const cursor = this.#keep(next);
    return { kind: "changes", cursor, issues, removedIds: removed, problems: list.problems };
  }

  /** An issue that is closed while pages are counted moves others to pages that were read: those are still there. */
  async #missed(
    before: Snapshot,
    records: readonly IssueRecord[],
    signal: AbortSignal,
  ): Promise<readonly IssueRecord[]> {
    const listed = new Set(records.map(({ id }) => id));
    const missing = [...before.known.values()].flatMap(({ record }) =>
      record.status.category !== "done" && !listed.has(record.id) ? record.id : [],
    );
    return missing.length === 0 ? [] : this.#lists.byIds(missing.slice(0, mostLookedFor), signal);
  }

  /** Only what changed is made again, and what waits for it. */
  #updated(
    before: ReadonlyMap<string, Known>,
    changed: ReadonlyMap<string, IssueRecord>,
  ): Map<string, Known> {
    const known = new Map(before);
    const newer = (id: string): IssueRecord | null =>
      changed.get(id) ?? before.get(id)?.record ?? null;
    const records = new Map([...before].map(([id, { record }]) => [id, record]));
    for (const [id, record] of changed) records.set(id, record);
    for (const [id, record] of records) {
      const isTouched =
        changed.has(id) || this.#reader.waitsFor(record, (other) => changed.has(other));
      if (isTouched) known.set(id, { record, issue: this.#reader.issue(record, newer) });
    }
    return known;
  }

  #keep(snapshot: Omit<Snapshot, "cursor">): string {
    this.#count += 1;
    const cursor = `${snapshot.fullAt}-${this.#count}`;
    this.#snapshot = { ...snapshot, cursor };
    return cursor;
  }
}

/** An index that is behind may still tell what was: dates do not go back. */
function newerOf(known: IssueRecord | undefined, read: IssueRecord): IssueRecord {
  return known !== undefined && (known.updated ?? "") > (read.updated ?? "") ? known : read;
}

function isSame(one: Issue | undefined, other: Issue): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}
