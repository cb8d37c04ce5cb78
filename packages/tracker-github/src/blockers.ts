import { StatusFailure } from "@signalbox/http-tracker";
import type { GithubClient } from "./github-client.ts";
import { readIssue } from "./issue-record.ts";
import type { IssueRecord } from "./issue-record.ts";
import { readPages } from "./read-pages.ts";
import type { RepositoryPath } from "./repository-path.ts";

/** An issue that another one waits for. */
export interface BlockerRef {
  /** `null`: not readable, which blocks. */
  readonly record: IssueRecord | null;
  readonly identifier: string;
  /** It is in the same repository, so that it is known by its number. */
  readonly isOurs: boolean;
}

interface KnownBlockers {
  /** What of the issue changes with them. */
  readonly key: string;
  readonly refs: readonly BlockerRef[];
  /** Epoch milliseconds. */
  readonly readAt: number;
}

/** Lists tell how blockers of this repository change; how long what they do not tell may be old. */
const knownForMs = 3_600_000;
/** Less than the time between two full reads. */
const unlistedForMs = 300_000;

/** Reads what issues wait for: their dependencies, and their sub-issues where asked for. */
export class Blockers {
  readonly #client: GithubClient;
  readonly #path: RepositoryPath;
  readonly #hasSubIssues: boolean;
  readonly #now: () => number;
  readonly #known = new Map<number, KnownBlockers>();

  constructor(
    client: GithubClient,
    path: RepositoryPath,
    options: { readonly hasSubIssues: boolean; readonly now: () => number },
  ) {
    this.#client = client;
    this.#path = path;
    this.#hasSubIssues = options.hasSubIssues;
    this.#now = options.now;
  }

  /**
   * Asks only for issues whose summary counts something. `isFresh: false` is content with what was read in the last hour
   * and when the issue was last changed, if all of it is of this repository.
   */
  async of(
    record: IssueRecord,
    isFresh: boolean,
    signal: AbortSignal,
  ): Promise<readonly BlockerRef[]> {
    const { number, updated_at, issue_dependencies_summary: dependencies } = record;
    // Resolved ones too: an issue is not another one because what it waited for is done.
    const blockedBy = dependencies?.total_blocked_by ?? dependencies?.blocked_by ?? 0;
    const parts = this.#hasSubIssues ? (record.sub_issues_summary?.total ?? 0) : 0;
    if (record.state === "closed" || (blockedBy <= 0 && parts <= 0)) {
      this.#known.delete(number);
      return [];
    }
    const key = `${updated_at} ${blockedBy} ${parts}`;
    const known = this.#known.get(number);
    if (!isFresh && known?.key === key && this.#isGood(known)) return known.refs;
    const refs = [
      ...(blockedBy > 0 ? await this.#list(record, "dependencies/blocked_by", signal) : []),
      ...(parts > 0 ? await this.#list(record, "sub_issues", signal) : []),
    ];
    this.#known.set(number, { key, refs, readAt: this.#now() });
    return refs;
  }

  /** Forgets issues that are not among these. */
  keep(numbers: ReadonlySet<number>): void {
    for (const number of this.#known.keys()) if (!numbers.has(number)) this.#known.delete(number);
  }

  #isGood({ refs, readAt }: KnownBlockers): boolean {
    const areListed = refs.every(({ isOurs, record }) => isOurs && record !== null);
    return Math.abs(this.#now() - readAt) < (areListed ? knownForMs : unlistedForMs);
  }

  async #list(
    { number }: IssueRecord,
    part: "dependencies/blocked_by" | "sub_issues",
    signal: AbortSignal,
  ): Promise<readonly BlockerRef[]> {
    const route = `${this.#path.template}/issues/{issue_number}/${part}`;
    const parameters = { ...this.#path.parameters, issue_number: number };
    try {
      const { records } = await readPages(this.#client, route, parameters, signal);
      return records.map((record) => this.#refOf(record, number));
    } catch (error) {
      if (!(error instanceof StatusFailure && unreadable.has(error.status))) throw error;
      // The summary says that there are some: what cannot be read holds the issue back.
      const identifier = `${part === "sub_issues" ? "sub-issues" : "dependencies"} of #${number}`;
      return [{ record: null, identifier, isOurs: false }];
    }
  }

  #refOf(value: unknown, of: number): BlockerRef {
    const reading = readIssue(value);
    if (reading.kind !== "issue") {
      const identifier = reading.kind === "malformed" ? reading.where : "a pull request";
      return { record: null, identifier: `${identifier}, a blocker of #${of}`, isOurs: false };
    }
    const { record } = reading;
    const repository = /\/repos\/([^/]+\/[^/]+)$/.exec(record.repository_url ?? "")?.[1];
    const isOurs =
      repository === undefined || repository.toLowerCase() === this.#path.fullName.toLowerCase();
    const identifier = `${isOurs ? "" : repository}#${record.number}`;
    return { record, identifier, isOurs };
  }
}

const unreadable: ReadonlySet<number> = new Set([301, 404, 410]);
