const codes: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);
const words = /\b(?:ENOSPC|EDQUOT)\b|no space left on device|disk quota exceeded/i;
const maxCauses = 8;

/** Whether an error comes from a full disk or a used-up quota of one, by its code, its message, or one of its causes. */
export function isDiskFull(error: unknown): boolean {
  let cause = error;
  for (let depth = 0; depth < maxCauses && cause instanceof Error; depth += 1) {
    if (("code" in cause && codes.has(cause.code)) || words.test(cause.message)) return true;
    ({ cause } = cause);
  }
  return false;
}
