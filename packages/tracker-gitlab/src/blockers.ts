import { StatusFailure } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GitlabClient } from "./gitlab-client.ts";
import { readIssue } from "./issue-record.ts";
import type { IssueRecord } from "./issue-record.ts";
import { readPages } from "./read-pages.ts";

/** An issue that another one waits for. */
export interface BlockerRef {
  /** `null`: not readable, which blocks. */
  readonly record: IssueRecord | null;
  readonly identifier: string;
  /** It is in the same project, so that it is known by its number. */
  readonly isOurs: boolean;
}

interface ReadLinks {
  readonly refs: readonly BlockerRef[];
  /** GitLab's time when it told them, epoch milliseconds; `null` where it did not say. */
  readonly toldAt: number | null;
}

interface KnownLinks extends ReadLinks {
  readonly updatedAt: string | null;
  /** Our time. */
  readonly readAt: number;
}

/** GitLab does not move `updated_at` again within a minute; a bit more for its clock. */
const unsettledMs = 90_000;
const knownForMs = 3_600_000;
const unreadable: ReadonlySet<number> = new Set([403, 404, 410]);

/**
 * Reads what issues wait for: their links of the type `is_blocked_by`. GitLab tells of no issue that it is blocked, so
 * each one that may start is asked for; where blocking links are no part of the instance's plan, none is.
 */
export class Blockers {
  readonly #client: GitlabClient;
  readonly #project: string;
  readonly #now: () => number;
  readonly #known = new Map<number, KnownLinks>();

  constructor(client: GitlabClient, project: string, now: () => number) {
    this.#client = client;
    this.#project = project;
    this.#now = now;
  }

  /**
   * `isFresh: false` is content with what was read in the last hour, as long as the issue was not changed since.
   */
  async of(
    record: IssueRecord,
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<readonly BlockerRef[]> {
    const { iid, updated_at: updatedAt } = record;
    // Premium tells how many issues this one blocks; Free has no such links.
    if (record.state === "closed" || record.blocking_issues_count === null) {
      this.#known.delete(iid);
      return [];
    }
    const known = this.#known.get(iid);
    if (!isFresh && known !== undefined && this.#isGood(known, updatedAt)) return known.refs;
    const links = await this.#read(record, signal);
    this.#known.set(iid, { ...links, updatedAt, readAt: this.#now() });
    return links.refs;
  }

  /** Forgets issues that are not among these. */
  keep(iids: ReadonlySet<number>): void {
    for (const iid of this.#known.keys()) if (!iids.has(iid)) this.#known.delete(iid);
  }

  /** What was read while `updated_at` stood still is read once more, when it would move again. */
  #isGood(known: KnownLinks, updatedAt: string | null): boolean {
    const age = this.#now() - known.readAt;
    // By GitLab's clock: ours may be another one.
    const toldAfter = (known.toldAt ?? known.readAt) - Date.parse(updatedAt ?? "");
    const isSettled = toldAfter >= unsettledMs || toldAfter + age < unsettledMs;
    return known.updatedAt === updatedAt && isSettled && Math.abs(age) < knownForMs;
  }

  async #read({ iid, project_id }: IssueRecord, signal: AbortSignal): Promise<ReadLinks> {
    try {
      const path = `${this.#project}/issues/${iid}/links`;
      const { records, readAt } = await readPages(this.#client, path, {}, signal);
      const refs = records.filter(isBlocking).map((record) => refOf(record, iid, project_id));
      return { refs, toldAt: readAt };
    } catch (error) {
      if (!(error instanceof StatusFailure && unreadable.has(error.status))) throw error;
      // What cannot be read holds the issue back.
      const identifier = `links of #${iid}`;
      return { refs: [{ record: null, identifier, isOurs: false }], toldAt: null };
    }
  }
}

function isBlocking(value: unknown): boolean {
  return v.is(v.object({ link_type: v.literal("is_blocked_by") }), value);
}

function refOf(value: unknown, of: number, projectId: number | null): BlockerRef {
  const reading = readIssue(value);
  // What has moved was closed here; where it went is not known.
  if (reading.kind !== "issue") {
    const where = reading.kind === "moved" ? `#${reading.iid}` : reading.where;
    return { record: null, identifier: `${where}, a blocker of #${of}`, isOurs: false };
  }
  const { record } = reading;
  const isOurs = record.project_id === projectId;
  const short = `#${record.iid}`;
  const full = record.references?.full ?? `project ${record.project_id}${short}`;
  return { record, identifier: isOurs ? short : full, isOurs };
}
