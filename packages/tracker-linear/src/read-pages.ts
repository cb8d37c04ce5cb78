import { trackerError } from "./linear-error.ts";
import type { Page } from "./issue-node.ts";

/** More pages than any scope that is worked on has: 100,000 issues. */
const mostPages = 2000;

/**
 * Every record, in the order of the pages. A page that says there are more and gives no cursor, or one that it gave
 * before, is an error: an end that is not one would hide issues.
 */
export async function readPages(
  action: string,
  fetchPage: (after: string | null) => Promise<Page>,
  limit: number = mostPages,
): Promise<readonly unknown[]> {
  const records: unknown[] = [];
  const seen = new Set<string>();
  let after: string | null = null;
  for (let count = 0; count < limit; count += 1) {
    const { nodes, pageInfo }: Page = await fetchPage(after);
    records.push(...nodes);
    if (!pageInfo.hasNextPage) return records;
    const { endCursor } = pageInfo;
    if (endCursor === null || endCursor === "" || seen.has(endCursor)) {
      const what =
        endCursor === null || endCursor === ""
          ? "without a cursor"
          : "with a cursor that came before";
      throw trackerError(
        "tracker_pagination",
        `Linear announced another page ${what} while ${action}, after ${records.length} records`,
        { retryable: true },
      );
    }
    seen.add(endCursor);
    after = endCursor;
  }
  throw trackerError(
    "tracker_pagination",
    `Linear did not come to an end while ${action}: ${limit} pages, ${records.length} records`,
    { remedy: "Narrow the scope by team_key, project_slug or assignee." },
  );
}
