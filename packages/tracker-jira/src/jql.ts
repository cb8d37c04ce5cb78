/** A value as JQL takes it, whatever is in it. */
export function quoted(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', String.raw`\"`)}"`;
}

/** Clauses that all have to hold. */
export function allOf(...clauses: readonly (string | null)[]): string {
  return clauses.filter((clause) => clause !== null).join(" AND ");
}

/**
 * Changed within so many minutes before Jira's own now. Never a date: those are read in the time zone of the token's
 * account, and to the minute.
 */
export function changedWithin(minutes: number): string {
  return `updated >= "-${Math.max(Math.ceil(minutes), 1)}m"`;
}
