import * as v from "valibot";
import type { JiraClient } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";
import { issueFields } from "./issue-record.ts";
import { pageSize, readNumberedPages, readTokenPages } from "./read-pages.ts";
import type { JiraSite } from "./site.ts";

/** What Cloud brings up to date in one search. */
const mostReconciled = 50;
/** What Cloud gives by id in one request. */
const mostFetched = 100;
const settledMs = 300_000;

const bulkSchema = v.object({
  issues: v.array(v.unknown()),
  issueErrors: v.optional(
    v.array(v.object({ id: v.nullish(v.string()), errorMessage: v.nullish(v.string()) })),
    [],
  ),
});

/** Issues by JQL and by their ids, as the two kinds of Jira give them. */
export class IssueSearch {
  readonly #client: JiraClient;
  readonly #site: JiraSite;
  readonly #now: () => number;
  /** When issues were written, by id: Cloud's searches do not know of it at once. */
  readonly #written = new Map<string, number>();

  constructor(client: JiraClient, site: JiraSite, now: () => number) {
    this.#client = client;
    this.#site = site;
    this.#now = now;
  }

  /** Searches are asked to know of a write that is this young. */
  wrote(id: string): void {
    this.#written.delete(id);
    this.#written.set(id, this.#now());
  }

  /** Records that JQL finds, `order` and all. `fields` none: their ids alone. */
  async find(
    jql: string,
    signal: AbortSignal,
    options: { readonly fields?: readonly string[]; readonly fresh?: readonly string[] } = {},
  ): Promise<readonly unknown[]> {
    const { api, isCloud } = this.#site;
    const body = { jql, fields: options.fields ?? issueFields, maxResults: pageSize };
    if (isCloud) {
      const fresh = options.fresh ?? this.#unsettled();
      const reconciled = fresh.length === 0 ? {} : { reconcileIssues: fresh.map(Number) };
      return readTokenPages(this.#client, `${api}/search/jql`, { ...body, ...reconciled }, signal);
    }
    const path = `${api}/search`;
    return readNumberedPages(path, {
      name: "issues",
      ask: async (startAt) => {
        // Without validation, an id that is gone is no error.
        const asked = { ...body, startAt, validateQuery: options.fresh === undefined };
        return (await this.#client.ask(path, {}, asked, signal)).data;
      },
    });
  }

  /** Those of the ids that there are, of whatever project. `scope` holds where the search itself can say so. */
  async byIds(
    ids: readonly string[],
    scope: string,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    const records: unknown[] = [];
    for (let at = 0; at < ids.length; at += mostFetched) {
      const some = ids.slice(at, at + mostFetched);
      const found = this.#site.isCloud
        ? await this.#fetch(some, signal)
        : await this.find(`${scope} AND id in (${some.join(", ")})`, signal, { fresh: some });
      for (const record of found) records.push(record);
    }
    return records;
  }

  /** Those of the ids, all of which there are, that the clause finds too. */
  async within(
    ids: readonly string[],
    clause: string,
    signal: AbortSignal,
  ): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (let at = 0; at < ids.length; at += mostReconciled) {
      const some = ids.slice(at, at + mostReconciled);
      const jql = `${clause} AND id in (${some.join(", ")})`;
      const records = await this.find(jql, signal, { fields: ["id"], fresh: some });
      for (const id of idsOf(records)) found.add(id);
    }
    return found;
  }

  async #fetch(ids: readonly string[], signal: AbortSignal): Promise<readonly unknown[]> {
    const path = `${this.#site.api}/issue/bulkfetch`;
    const records: unknown[] = [];
    let wanted = ids;
    for (;;) {
      const body = { issueIdsOrKeys: wanted, fields: issueFields };
      const { data } = await this.#client.ask(path, {}, body, signal);
      const bulk = v.safeParse(bulkSchema, data);
      if (!bulk.success) throw jiraErrors.payload(`POST ${path}`, "it is no list of issues");
      const { issues, issueErrors } = bulk.output;
      for (const issue of issues) records.push(issue);
      const [failed] = issueErrors;
      if (failed === undefined) return records;
      const left = wanted.filter((id) => issueErrors.some((error) => error.id === id));
      // Those that are not there are no errors here: these were too much for one answer, or can be read another time.
      if (left.length < issueErrors.length || left.length === wanted.length) {
        const message = `issue ${failed.id ?? "without an id"}: ${failed.errorMessage ?? "no reason"}`;
        throw jiraErrors.status({ status: 503, headers: {}, message }, `POST ${path}`, this.#now());
      }
      wanted = left;
    }
  }

  #unsettled(): readonly string[] {
    const now = this.#now();
    for (const [id, at] of this.#written) {
      if (Math.abs(now - at) > settledMs) this.#written.delete(id);
    }
    return [...this.#written.keys()].slice(-mostReconciled);
  }
}

const withId = v.object({ id: v.string() });

export function idsOf(records: readonly unknown[]): readonly string[] {
  return records.flatMap((record) => {
    const known = v.safeParse(withId, record);
    return known.success ? known.output.id : [];
  });
}
