import { SignalboxError, type TrackerErrorCode } from "@signalbox/contracts";
import { demand, LawBroken } from "../law-broken.ts";
import type { TrackerTrial } from "./tracker-trial.ts";

const codes: Readonly<Record<TrackerErrorCode, true>> = {
  tracker_config: true,
  tracker_secret: true,
  tracker_transport: true,
  tracker_auth: true,
  tracker_status: true,
  tracker_payload: true,
  tracker_pagination: true,
  tracker_rate_limited: true,
};

/** The error of a call that has to fail. Breaks the law where it succeeds, or fails with anything but a tracker's error. */
export async function failureOf(
  trial: TrackerTrial,
  what: string,
  call: (signal: AbortSignal) => Promise<unknown>,
): Promise<SignalboxError> {
  const outcome = await trial.call(what, (signal) =>
    call(signal).then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    ),
  );
  if ("value" in outcome) {
    throw new LawBroken(`${what} should fail and gave ${JSON.stringify(outcome.value)}.`);
  }
  const { error } = outcome;
  demand(
    SignalboxError.isInstance(error),
    `${what} failed with something else than a SignalboxError: ${String(error)}`,
  );
  demand(error.code in codes, `${what} failed with ${error.code}, which no tracker has.`);
  demand(error.message.trim() !== "", `${what} failed without a message.`);
  return error;
}

/** The same, of both reads at the same time. */
export async function failuresOfReads(
  trial: TrackerTrial,
  ids: readonly string[],
): Promise<readonly SignalboxError[]> {
  const { tracker, bed } = trial;
  return Promise.all([
    failureOf(trial, "fetchIssuesByStates", (signal) =>
      tracker.fetchIssuesByStates([bed.states.waiting], signal),
    ),
    failureOf(trial, "fetchIssuesByIds", (signal) => tracker.fetchIssuesByIds(ids, signal)),
  ]);
}

/** As `reply` of a fault: this status, and a body that says little. */
export function plainReply(
  status: number,
  headers: Readonly<Record<string, string>> = {},
): { readonly status: number; readonly headers: Record<string, string>; readonly body: string } {
  const body = JSON.stringify({ message: `Status ${status}` });
  return { status, headers: { "content-type": "application/json", ...headers }, body };
}
