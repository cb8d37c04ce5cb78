import type { Logger, TrackerProblem } from "@signalbox/contracts";
import { StatusFailure, trackerError } from "@signalbox/http-tracker";
import * as v from "valibot";
import type { GitlabClient, Query } from "./gitlab-client.ts";
import { gitlabErrors } from "./gitlab-errors.ts";
import { readIssue } from "./issue-record.ts";
import type { IssueRecord } from "./issue-record.ts";
import { readPages } from "./read-pages.ts";

export interface IssueList {
  readonly records: readonly IssueRecord[];
  /** Numbers of those that are in another project by now. */
  readonly moved: readonly number[];
  /** Records that could not be read as issues. */
  readonly problems: readonly TrackerProblem[];
  /** GitLab's time before the first page was read, epoch milliseconds. */
  readonly readAt: number | null;
}

/** Numbers in one request: as many as a page has. */
const mostAtOnce = 100;

const projectSchema = v.object({
  path_with_namespace: v.string(),
  web_url: v.optional(v.string()),
  issues_enabled: v.optional(v.boolean()),
  issues_access_level: v.optional(v.string()),
});

/** The issues of a project as lists and by their numbers. */
export class IssueLists {
  readonly #client: GitlabClient;
  readonly #project: string;
  readonly #name: string;
  readonly #logger: Logger | null;

  constructor(client: GitlabClient, project: string, name: string, logger: Logger | null) {
    this.#client = client;
    this.#project = project;
    this.#name = name;
    this.#logger = logger;
  }

  /** Oldest first. */
  async open(signal: AbortSignal): Promise<IssueList> {
    return this.#list({ state: "opened", order_by: "created_at", sort: "asc" }, signal);
  }

  /** Those that were changed since then, oldest first. */
  async closedSince(since: string, signal: AbortSignal): Promise<IssueList> {
    const query = { state: "closed", order_by: "created_at", sort: "asc", updated_after: since };
    return this.#list(query, signal);
  }

  /** Open and closed, the latest change first: what changes meanwhile moves to pages that were read, and hides none. */
  async changedSince(since: string, signal: AbortSignal): Promise<IssueList> {
    const query = { state: "all", order_by: "updated_at", sort: "desc", updated_after: since };
    return this.#list(query, signal);
  }

  /** Those that are there, in the order of the numbers. A malformed one fails the call. */
  async byNumbers(iids: readonly number[], signal: AbortSignal): Promise<readonly IssueRecord[]> {
    const found = new Map<number, IssueRecord>();
    for (let at = 0; at < iids.length; at += mostAtOnce) {
      for (const record of await this.#some(iids.slice(at, at + mostAtOnce), signal)) {
        found.set(record.iid, record);
      }
    }
    // A token that lost sight of the issues is shown an empty list: that is not their end.
    if (found.size < iids.length) await this.requireIssues(signal);
    return iids.flatMap((iid) => found.get(iid) ?? []);
  }

  /** The project's path and page. Rejects where it is not there, or its issues may not be seen. */
  async requireIssues(
    signal: AbortSignal,
  ): Promise<{ readonly path: string; readonly url: string | null }> {
    const reply = await this.#explained(this.#client.get(this.#project, {}, signal));
    const project = v.safeParse(projectSchema, reply.data);
    if (!project.success)
      throw gitlabErrors.payload(`GET ${this.#project}`, project.issues[0].message);
    const { path_with_namespace: path, web_url: url, ...access } = project.output;
    if (access.issues_enabled === false || access.issues_access_level === "disabled") {
      throw trackerError("tracker_config", `this token is shown no issues of ${this.#name}`, {
        remedy:
          "Turn issues on in the project's settings, or give the token's account access to them.",
      });
    }
    return { path, url: url ?? null };
  }

  /** Titles of the labels of the project and of the groups above it. */
  async labels(signal: AbortSignal): Promise<readonly string[]> {
    const pages = readPages(this.#client, `${this.#project}/labels`, {}, signal);
    const { records } = await this.#explained(pages);
    return records.flatMap((record) => {
      const label = v.safeParse(v.object({ name: v.string() }), record);
      return label.success ? label.output.name : [];
    });
  }

  async #some(iids: readonly number[], signal: AbortSignal): Promise<readonly IssueRecord[]> {
    const path = `${this.#project}/issues`;
    const { records } = await this.#explained(readPages(this.#client, path, { iids }, signal));
    return records.flatMap((value) => {
      const reading = readIssue(value);
      if (reading.kind === "malformed") throw gitlabErrors.payload(reading.where, reading.detail);
      return reading.kind === "issue" ? reading.record : [];
    });
  }

  async #list(query: Query, signal: AbortSignal): Promise<IssueList> {
    const path = `${this.#project}/issues`;
    const pages = await this.#explained(readPages(this.#client, path, query, signal));
    return { ...this.#sorted(pages.records), readAt: pages.readAt };
  }

  /** Each issue once, in the list's order, as it was read last. */
  #sorted(values: readonly unknown[]): Omit<IssueList, "readAt"> {
    const records = new Map<number, IssueRecord>();
    const moved = new Set<number>();
    const problems: TrackerProblem[] = [];
    for (const value of values) {
      const reading = readIssue(value);
      if (reading.kind === "issue") records.set(reading.record.iid, reading.record);
      if (reading.kind === "moved") moved.add(reading.iid);
      if (reading.kind === "malformed") problems.push(this.#problem(reading.where, reading.detail));
    }
    return { records: [...records.values()], moved: [...moved], problems };
  }

  #problem(where: string, detail: string): TrackerProblem {
    const message = `the record cannot be read as an issue: ${detail}`;
    this.#logger?.log("warn", `${where}: ${message}`, { project: this.#name });
    return { where: `${this.#name} ${where}`, message, remedy: null };
  }

  async #explained<Result>(request: Promise<Result>): Promise<Result> {
    try {
      return await request;
    } catch (error) {
      if (!(error instanceof StatusFailure && error.status === 404)) throw error;
      throw trackerError("tracker_config", `GitLab shows this token no project ${this.#name}`, {
        remedy: "Correct `tracker.provider.project`, or give the token's account access to it.",
      });
    }
  }
}
