import type { Logger, TrackerProblem } from "@signalbox/contracts";
import { inParallel, StatusFailure, trackerError } from "@signalbox/http-tracker";
import type { GithubClient, Parameters } from "./github-client.ts";
import { githubErrors } from "./github-errors.ts";
import { readIssue } from "./issue-record.ts";
import type { IssueRecord } from "./issue-record.ts";
import { readPages } from "./read-pages.ts";
import type { RepositoryPath } from "./repository-path.ts";

export interface IssueList {
  readonly records: readonly IssueRecord[];
  /** Records that could not be read as issues. */
  readonly problems: readonly TrackerProblem[];
  /** GitHub's time before the first page was read, epoch milliseconds. */
  readonly readAt: number | null;
  /** The newest change among all that was listed, pull requests too, epoch milliseconds; `null`: nothing was. */
  readonly changedAt: number | null;
}

/** With more ids than this, the list of open issues costs less than asking one by one. */
const mostSingleReads = 50;

/** The issues of a repository as lists and one by one; pull requests are left out. */
export class IssueLists {
  readonly #client: GithubClient;
  readonly #path: RepositoryPath;
  readonly #logger: Logger | null;

  constructor(client: GithubClient, path: RepositoryPath, logger: Logger | null) {
    this.#client = client;
    this.#path = path;
    this.#logger = logger;
  }

  /** Oldest first. */
  async open(signal: AbortSignal): Promise<IssueList> {
    return this.#list({ state: "open", sort: "created", direction: "asc" }, signal);
  }

  /** Those that were changed since then, oldest first. */
  async closedSince(since: string, signal: AbortSignal): Promise<IssueList> {
    return this.#list({ state: "closed", sort: "created", direction: "asc", since }, signal);
  }

  /** Open and closed, the latest change first: what changes meanwhile moves to pages that were read, and hides none. */
  async changedSince(since: string, signal: AbortSignal): Promise<IssueList> {
    return this.#list({ state: "all", sort: "updated", direction: "desc", since }, signal);
  }

  /** Those that are there, in the order of the numbers. A malformed one fails the call. */
  async byNumbers(
    numbers: readonly number[],
    signal: AbortSignal,
  ): Promise<readonly IssueRecord[]> {
    const listed = new Map<number, IssueRecord>();
    if (numbers.length > mostSingleReads) {
      const { records } = await this.open(signal);
      for (const record of records) listed.set(record.number, record);
    }
    let isVisible: Promise<void> | null = null;
    const found = await inParallel(numbers, async (number) => {
      const record = listed.get(number) ?? (await this.one(number, signal));
      // A token that lost the repository is told 404 for each of its issues: that is not their end.
      if (record === null) await (isVisible ??= this.requireRepository(signal));
      return record;
    });
    return found.filter((record) => record !== null);
  }

  /** `null`: deleted, transferred, or a pull request. */
  async one(number: number, signal: AbortSignal): Promise<IssueRecord | null> {
    const route = `${this.#path.template}/issues/{issue_number}`;
    const parameters = { ...this.#path.parameters, issue_number: number };
    const reply = await this.#client.find(route, parameters, signal);
    if (reply === null) return null;
    const reading = readIssue(reply.data);
    if (reading.kind === "pull-request") return null;
    if (reading.kind === "malformed")
      throw githubErrors.payload(`issue #${number}`, reading.detail);
    if (reading.record.number !== number) {
      throw githubErrors.payload(`issue #${number}`, `it is issue #${reading.record.number}`);
    }
    return reading.record;
  }

  /** Rejects where the repository is not there, has another name by now, or may not be seen. */
  async requireRepository(signal: AbortSignal): Promise<void> {
    try {
      await this.#client.get(this.#path.template, this.#path.parameters, signal);
    } catch (error) {
      throw this.#explained(error);
    }
  }

  async #list(query: Parameters, signal: AbortSignal): Promise<IssueList> {
    const route = `${this.#path.template}/issues`;
    try {
      const pages = await readPages(
        this.#client,
        route,
        { ...this.#path.parameters, ...query },
        signal,
      );
      const changedAt = newestChange(pages.records);
      return { ...this.#sorted(pages.records), readAt: pages.readAt, changedAt };
    } catch (error) {
      throw this.#explained(error);
    }
  }

  /** Each issue once, in the list's order, as it was read last. */
  #sorted(values: readonly unknown[]): Pick<IssueList, "records" | "problems"> {
    const records = new Map<number, IssueRecord>();
    const problems: TrackerProblem[] = [];
    for (const value of values) {
      const reading = readIssue(value);
      if (reading.kind === "issue") records.set(reading.record.number, reading.record);
      if (reading.kind === "malformed") problems.push(this.#problem(reading.where, reading.detail));
    }
    return { records: [...records.values()], problems };
  }

  #problem(where: string, detail: string): TrackerProblem {
    const message = `the record cannot be read as an issue: ${detail}`;
    this.#logger?.log("warn", `${where}: ${message}`, { repository: this.#path.fullName });
    return { where: `${this.#path.fullName} ${where}`, message, remedy: null };
  }

  #explained(error: unknown): unknown {
    if (!(error instanceof StatusFailure)) return error;
    const { fullName } = this.#path;
    if (error.status === 404) {
      return trackerError("tracker_config", `GitHub shows this token no repository ${fullName}`, {
        remedy: "Correct `tracker.provider.repository`, or give the token access to it.",
      });
    }
    if (error.status === 410) {
      return trackerError("tracker_config", `issues are turned off in ${fullName}`, {
        remedy: "Turn them on in the repository's settings, or name another repository.",
      });
    }
    return error;
  }
}

function newestChange(values: readonly unknown[]): number | null {
  let newest: number | null = null;
  for (const value of values) {
    if (typeof value !== "object" || value === null || !("updated_at" in value)) continue;
    const at = typeof value.updated_at === "string" ? Date.parse(value.updated_at) : Number.NaN;
    if (at > (newest ?? -Infinity)) newest = at;
  }
  return newest;
}
