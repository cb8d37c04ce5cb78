import * as v from "valibot";
import type { Body, JiraClient, Query } from "./jira-client.ts";
import { jiraErrors } from "./jira-errors.ts";

const maxPages = 1_000;

const tokenPage = v.object({
  issues: v.array(v.unknown()),
  nextPageToken: v.nullish(v.string()),
  isLast: v.nullish(v.boolean()),
});

/**
 * Every issue of a search of Cloud, in its order, by tokens. A page that fails, that repeats, or that should be there
 * and is not named, fails the whole: there is no partial answer.
 */
export async function readTokenPages(
  client: JiraClient,
  path: string,
  body: Body,
  signal: AbortSignal,
): Promise<readonly unknown[]> {
  const records: unknown[] = [];
  const seen = new Set<string>();
  let token: string | null = null;
  for (;;) {
    const asked: Body = token === null ? body : { ...body, nextPageToken: token };
    const { data } = await client.ask(path, {}, asked, signal);
    const page = v.safeParse(tokenPage, data);
    if (!page.success) throw jiraErrors.payload(`POST ${path}`, "it is no page of issues");
    const { issues, nextPageToken, isLast } = page.output;
    for (const issue of issues) records.push(issue);
    const next = nextPageToken ?? "";
    if (next === "" && isLast === false) {
      throw jiraErrors.pagination(path, "a page that is not the last names no next one");
    }
    if (next === "" || isLast === true) return records;
    if (seen.has(next))
      throw jiraErrors.pagination(path, "a page names itself or an earlier one as next");
    if (seen.size >= maxPages) throw jiraErrors.pagination(path, `there are more than ${maxPages}`);
    seen.add(next);
    token = next;
  }
}

export interface NumberedList {
  /** Name of the list in a page. */
  readonly name: "issues" | "comments";
  readonly ask: (from: number) => Promise<unknown>;
  /** Ends the reading. Told of what was read so far. */
  readonly isEnough?: (records: readonly unknown[]) => boolean;
}

const numberedPage = v.object({
  startAt: v.pipe(v.number(), v.integer(), v.minValue(0)),
  total: v.pipe(v.number(), v.integer(), v.minValue(0)),
  issues: v.optional(v.array(v.unknown())),
  comments: v.optional(v.array(v.unknown())),
});

/** Every record of a list that is counted: searches of Data Center, and comments. As whole as those by tokens. */
export async function readNumberedPages(
  path: string,
  { name, ask, isEnough = () => false }: NumberedList,
): Promise<readonly unknown[]> {
  const records: unknown[] = [];
  for (let pages = 0; pages < maxPages; pages += 1) {
    const data = await ask(records.length);
    const page = v.safeParse(numberedPage, data);
    const found = page.success ? page.output[name] : undefined;
    if (!page.success || found === undefined) throw unusable(path, data, name);
    const { startAt, total } = page.output;
    if (startAt !== records.length) {
      throw jiraErrors.pagination(path, `the page from ${records.length} begins at ${startAt}`);
    }
    for (const record of found) records.push(record);
    if (records.length >= total || isEnough(records)) return records;
    if (found.length === 0) {
      throw jiraErrors.pagination(path, `the page from ${startAt} of ${total} is empty`);
    }
  }
  throw jiraErrors.pagination(path, `there are more than ${maxPages}`);
}

/** A list that does not say how long it is could go on; what is no list is no page at all. */
function unusable(path: string, data: unknown, name: string): Error {
  const hasList = v.is(v.object({ [name]: v.array(v.unknown()) }), data);
  return hasList
    ? jiraErrors.pagination(
        path,
        "a page does not say where it begins, or how many records there are",
      )
    : jiraErrors.payload(path, `it is no page of ${name}`);
}

export const pageSize = 100;

/** The query of a page of a list that is read by GET. */
export function pageQuery(from: number): Query {
  return { startAt: from, maxResults: pageSize };
}
