import type { SeedIssue } from "./tracker-test-bed.ts";

/** Issues that differ, with titles that sort as they are numbered. */
export function seedsOf(count: number, state: string): readonly SeedIssue[] {
  return Array.from({ length: count }, (_, index) => ({
    title: `Conformance issue ${String(index + 1).padStart(4, "0")}`,
    state,
  }));
}
