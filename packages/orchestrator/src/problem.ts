import { SignalboxError } from "@signalbox/contracts";

/** Something that an operator should see. The daemon goes on. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
  readonly issueId: string | null;
}

export function problemFrom(error: unknown, issueId: string | null, doing: string): Problem {
  if (SignalboxError.isInstance(error)) {
    return {
      code: error.code,
      message: `${doing}: ${error.message}`,
      remedy: error.remedy,
      issueId,
    };
  }
  const text = error instanceof Error ? error.message : String(error);
  return { code: "internal", message: `${doing}: ${text}`, remedy: null, issueId };
}

/** What a port's error says about trying again: milliseconds from now, or `null`. */
export function retryAfterOf(error: unknown): number | null {
  return SignalboxError.isInstance(error) ? error.retryAfterMs : null;
}

/** Errors that are not ours count as passing ones: they are tried again within their bounds. */
export function isRetryable(error: unknown): boolean {
  return SignalboxError.isInstance(error) ? error.retryable : true;
}
