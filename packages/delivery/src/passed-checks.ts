const maxPassed = 1_000;

/** What has passed, oldest first. Of the process, because a host may make a `GitDelivery` for each order. */
const passed = new Set<string>();

/** Whether this content has passed this check. */
export function hasPassed(content: string): boolean {
  return passed.has(content);
}

/** Remembers the latest 1,000. */
export function rememberPassed(content: string): void {
  passed.add(content);
  for (const oldest of passed) {
    if (passed.size <= maxPassed) return;
    passed.delete(oldest);
  }
}
