import type { TrackerTestBed } from "./tracker-test-bed.ts";

/** As many issues as take three pages. */
export function pagesOf({ pageSize = 50 }: TrackerTestBed): number {
  return pageSize * 2 + 1;
}
