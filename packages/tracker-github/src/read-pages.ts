import { parseLinks } from "@signalbox/http-tracker";
import type { Reply } from "@signalbox/http-tracker";
import { githubErrors } from "./github-errors.ts";
import type { GithubClient, Parameters } from "./github-client.ts";

const pageSize = 100;
const maxPages = 1_000;

export interface Pages {
  readonly records: readonly unknown[];
  /** GitHub's time of the first reply, epoch milliseconds; `null` where it did not say. */
  readonly readAt: number | null;
}

export interface PageOptions {
  /** Told of each page as it comes; `true` ends the reading. */
  readonly isEnough?: (records: readonly unknown[]) => boolean;
  /** Pages are known by cursors alone: none can be asked for by its number. */
  readonly hasCursorsOnly?: boolean;
}

/**
 * Every record of a list, in its order. A page that fails, that repeats, or that should be there and is not, fails the
 * whole: there is no partial answer.
 */
export async function readPages(
  client: GithubClient,
  route: string,
  parameters: Parameters,
  signal: AbortSignal,
  options: PageOptions = {},
): Promise<Pages> {
  const records: unknown[] = [];
  const seen = new Set<string>();
  const query = { ...parameters, per_page: pageSize };
  let reply = await client.get(route, query, signal);
  const readAt = Date.parse(reply.headers["date"] ?? "");
  for (let number = 1; ; number += 1) {
    const page = listOf(reply, route);
    for (const record of page) records.push(record);
    if (options.isEnough?.(records) === true) break;
    const next = nextPage(reply, route);
    if (next === null) {
      if (page.length < pageSize || options.hasCursorsOnly === true) break;
      await refuseHiddenPage(client, route, query, number, signal);
      break;
    }
    if (seen.has(next))
      throw githubErrors.pagination(route, "a page names itself or an earlier one as the next");
    if (number >= maxPages) throw githubErrors.pagination(route, `there are more than ${maxPages}`);
    seen.add(next);
    reply = await client.get(sameOrigin(client, next, route), {}, signal);
  }
  return { records, readAt: Number.isNaN(readAt) ? null : readAt };
}

function listOf({ data }: Reply, route: string): readonly unknown[] {
  if (!Array.isArray(data)) throw githubErrors.payload(`GET ${route}`, "it is no list");
  return data;
}

function nextPage(reply: Reply, route: string): string | null {
  const links = readLinks(reply, route);
  const next = links.get("next") ?? null;
  if (next === null && links.has("last")) {
    throw githubErrors.pagination(route, "a last page is named, and no next one");
  }
  return next;
}

function readLinks(reply: Reply, route: string): ReadonlyMap<string, string> {
  try {
    return parseLinks(reply.headers["link"]);
  } catch (error) {
    throw githubErrors.pagination(route, error instanceof Error ? error.message : String(error));
  }
}

/** A full page without a next one is the end only if the page after it is empty. */
async function refuseHiddenPage(
  client: GithubClient,
  route: string,
  query: Parameters,
  number: number,
  signal: AbortSignal,
): Promise<void> {
  const beyond = await client.get(route, { ...query, page: number + 1 }, signal);
  if (listOf(beyond, route).length > 0) {
    throw githubErrors.pagination(route, `page ${number} names no next one, and there is one`);
  }
}

/** The token goes nowhere else, whatever a `Link` header says. */
function sameOrigin(client: GithubClient, url: string, route: string): string {
  if (URL.canParse(url) && new URL(url).origin === client.origin) return url;
  throw githubErrors.pagination(route, "the next page is on another server");
}
