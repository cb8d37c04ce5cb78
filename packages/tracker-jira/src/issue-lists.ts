import type { Logger, TrackerProblem } from "@signalbox/contracts";
import { StatusFailure } from "@signalbox/http-tracker";
import type { JiraClient } from "./jira-client.ts";
import { gone, jiraErrors } from "./jira-errors.ts";
import { issueFields, readIssue } from "./issue-record.ts";
import type { IssueRecord } from "./issue-record.ts";
import { idsOf } from "./issue-search.ts";
import type { IssueSearch } from "./issue-search.ts";
import { allOf, changedWithin, quoted } from "./jql.ts";
import { readProject } from "./site.ts";
import type { JiraSite } from "./site.ts";

export interface IssueList {
  readonly records: readonly IssueRecord[];
  /** Records that could not be read as issues. */
  readonly problems: readonly TrackerProblem[];
}

export interface ChangedList extends IssueList {
  /** Issues of the project that were changed and are not in scope, whether they ever were or not. */
  readonly outside: readonly string[];
}

export interface ListParts {
  readonly client: JiraClient;
  readonly site: JiraSite;
  readonly search: IssueSearch;
  /** What narrows the project; `null`: nothing does. */
  readonly clause: string | null;
  readonly logger: Logger | null;
}

const minutesOfADay = 1_440;

/** The issues in scope, as lists and by their ids. */
export class IssueLists {
  readonly #parts: ListParts;
  readonly #project: string;
  readonly #scope: string;

  constructor(parts: ListParts) {
    this.#parts = parts;
    this.#project = `project = ${quoted(parts.site.project.key)}`;
    this.#scope = allOf(this.#project, parts.clause);
  }

  /** Oldest first: those that are not done, and those that are and were changed not too long ago. */
  async all(doneWithinDays: number, signal: AbortSignal): Promise<IssueList> {
    const recent = changedWithin(doneWithinDays * minutesOfADay);
    const jql = `${this.#scope} AND (statusCategory != Done OR ${recent}) ORDER BY created ASC, key ASC`;
    return this.#sorted(await this.#explained(this.#parts.search.find(jql, signal), signal));
  }

  /** The latest change first: what changes meanwhile moves to pages that were read, and hides none. */
  async changedWithin(minutes: number, signal: AbortSignal): Promise<ChangedList> {
    const { search, clause } = this.#parts;
    const order = "ORDER BY updated DESC, key ASC";
    const within = changedWithin(minutes);
    const jql = `${this.#scope} AND ${within} ${order}`;
    const list = this.#sorted(await this.#explained(search.find(jql, signal), signal));
    if (clause === null) return { ...list, outside: [] };
    // What a clause no longer finds is told by nothing else.
    const every = `${this.#project} AND ${within} ${order}`;
    const ids = idsOf(await search.find(every, signal, { fields: ["id"] }));
    const inside = new Set(list.records.map(({ id }) => id));
    return { ...list, outside: ids.filter((id) => !inside.has(id)) };
  }

  /** Those in scope, in the order of the ids. A malformed one fails the call. */
  async byIds(ids: readonly string[], signal: AbortSignal): Promise<readonly IssueRecord[]> {
    const { search, clause, site } = this.#parts;
    const values = await this.#explained(search.byIds(ids, this.#scope, signal), signal);
    const found = new Map<string, IssueRecord>();
    for (const value of values) {
      const reading = readIssue(value);
      if (reading.kind === "malformed") throw jiraErrors.payload(reading.where, reading.detail);
      if (this.#isOurs(reading.record)) found.set(reading.record.id, reading.record);
    }
    if (clause !== null && site.isCloud) {
      const inside = await search.within([...found.keys()], this.#scope, signal);
      for (const id of found.keys()) if (!inside.has(id)) found.delete(id);
    }
    // A token that lost sight of the project is shown nothing: that is not the end of the issues.
    if (found.size < ids.length) await this.requireProject(signal);
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  /** As it is at this moment, from no index. Rejects where it is gone, or in another project. */
  async one(id: string, signal: AbortSignal): Promise<IssueRecord> {
    const { client, site } = this.#parts;
    const path = `${site.api}/issue/${id}`;
    try {
      const { data } = await client.get(path, { fields: issueFields.join(",") }, signal);
      const reading = readIssue(data);
      if (reading.kind === "malformed") throw jiraErrors.payload(reading.where, reading.detail);
      if (!this.#isOurs(reading.record)) throw gone(id);
      return reading.record;
    } catch (error) {
      if (!(error instanceof StatusFailure && [404, 410].includes(error.status))) throw error;
      await this.requireProject(signal);
      throw gone(id);
    }
  }

  /** Rejects where the project is not there, or not for this token. */
  async requireProject(signal: AbortSignal): Promise<void> {
    const { client, site } = this.#parts;
    await readProject(client, site.api, site.project.id, signal);
  }

  #isOurs({ projectId }: IssueRecord): boolean {
    return projectId === null || projectId === this.#parts.site.project.id;
  }

  /** Each issue once, in the list's order, as it was read last. */
  #sorted(values: readonly unknown[]): IssueList {
    const records = new Map<string, IssueRecord>();
    const problems: TrackerProblem[] = [];
    for (const value of values) {
      const reading = readIssue(value);
      if (reading.kind === "issue") records.set(reading.record.id, reading.record);
      else problems.push(this.#problem(reading.where, reading.detail));
    }
    return { records: [...records.values()], problems };
  }

  #problem(where: string, detail: string): TrackerProblem {
    const message = `the record cannot be read as an issue: ${detail}`;
    this.#parts.logger?.log("warn", `${where}: ${message}`, {
      project: this.#parts.site.project.key,
    });
    return { where, message, remedy: null };
  }

  /** JQL that names a project which this token may not see is a bad request. */
  async #explained<Result>(request: Promise<Result>, signal: AbortSignal): Promise<Result> {
    try {
      return await request;
    } catch (error) {
      if (error instanceof StatusFailure && error.status === 400) {
        await this.requireProject(signal);
      }
      throw error;
    }
  }
}
