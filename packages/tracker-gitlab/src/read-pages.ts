import { parseLinks } from "@signalbox/http-tracker";
import type { Reply } from "@signalbox/http-tracker";
import { gitlabErrors } from "./gitlab-errors.ts";
import type { GitlabClient, Query } from "./gitlab-client.ts";

const pageSize = 100;
const maxPages = 1_000;

export interface Pages {
  readonly records: readonly unknown[];
  /** GitLab's time of the first reply, epoch milliseconds; `null` where it did not say. */
  readonly readAt: number | null;
}

/**
 * Every record of a list, in its order, by page numbers or by cursors, as the server has it. A page that fails, that
 * repeats, or that should be there and is not, fails the whole: there is no partial answer. `isEnough` is told of what
 * was read so far, and ends the reading.
 */
export async function readPages(
  client: GitlabClient,
  path: string,
  query: Query,
  signal: AbortSignal,
  isEnough: (records: readonly unknown[]) => boolean = () => false,
): Promise<Pages> {
  const records: unknown[] = [];
  const seen = new Set<string>();
  let page: Query = { ...query, per_page: pageSize };
  let reply = await client.get(path, page, signal);
  const readAt = Date.parse(reply.headers["date"] ?? "");
  for (;;) {
    const found = listOf(reply, path);
    for (const record of found) records.push(record);
    if (isEnough(records)) break;
    const next = nextPage(reply, path);
    if (next === null) {
      const isTold = "x-next-page" in reply.headers || cursors.some((name) => name in page);
      // A list of more than was asked for has no pages.
      if (!isTold && found.length === pageSize) {
        await refuseHiddenPage(client, path, page, found, signal);
      }
      break;
    }
    const key = JSON.stringify(next);
    if (seen.has(key))
      throw gitlabErrors.pagination(path, "a page names itself or an earlier one as next");
    if (seen.size >= maxPages)
      throw gitlabErrors.pagination(path, `there are more than ${maxPages}`);
    seen.add(key);
    page = { ...page, ...next };
    reply = await client.get(path, page, signal);
  }
  return { records, readAt: Number.isNaN(readAt) ? null : readAt };
}

function listOf({ data }: Reply, path: string): readonly unknown[] {
  if (!Array.isArray(data)) throw gitlabErrors.payload(`GET ${path}`, "it is no list");
  return data;
}

/** What to ask for beside the query of the first page. Never another address: an instance may not know its own. */
function nextPage({ headers }: Reply, path: string): Query | null {
  const number = headers["x-next-page"]?.trim() ?? "";
  if (/^\d+$/.test(number)) return { page: Number(number) };
  const link = linkedPage(headers["link"], path);
  const [at, last] = [headers["x-page"], headers["x-total-pages"]];
  if (link === null && Number(at) < Number(last)) {
    throw gitlabErrors.pagination(path, `page ${at} of ${last} names no next one`);
  }
  return link;
}

const cursors = ["cursor", "id_after", "page_token"];

function linkedPage(header: string | undefined, path: string): Query | null {
  const links = readLinks(header, path);
  const next = links.get("next");
  if (next === undefined) return null;
  const { searchParams } = URL.canParse(next) ? new URL(next) : new URL("about:blank");
  const found = ["page", ...cursors].flatMap((name): [string, string][] => {
    const value = searchParams.get(name);
    return value === null ? [] : [[name, value]];
  });
  if (found.length === 0)
    throw gitlabErrors.pagination(path, "the next page has neither number nor cursor");
  return Object.fromEntries(found);
}

function readLinks(header: string | undefined, path: string): ReadonlyMap<string, string> {
  try {
    return parseLinks(header);
  } catch (error) {
    throw gitlabErrors.pagination(path, error instanceof Error ? error.message : String(error));
  }
}

/**
 * A full page that says nothing of others is the end only if the page after it is empty, or is this one again: some
 * lists, that of an issue's links among them, come whole whatever page is asked for.
 */
async function refuseHiddenPage(
  client: GitlabClient,
  path: string,
  query: Query,
  found: readonly unknown[],
  signal: AbortSignal,
): Promise<void> {
  const number = Number(query["page"] ?? 1);
  const beyond = await client.get(path, { ...query, page: number + 1 }, signal);
  const [first] = listOf(beyond, path);
  if (first !== undefined && JSON.stringify(first) !== JSON.stringify(found[0])) {
    throw gitlabErrors.pagination(path, `page ${number} names no next one, and there is one`);
  }
}
