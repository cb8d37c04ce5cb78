import { demand } from "../../law-broken.ts";
import { within } from "../../within.ts";
import { abortable } from "../abortable-calls.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

const limitMs = 1_000;
/** What the adapter may take to send its first request. */
const underWayMs = 1_000;

export const abortEndsCall: TrackerLaw = trackerLaw({
  id: "abort-ends-call",
  title:
    "an abort ends a call that waits for the service, within a second and with the signal's reason",
  requirement: "R-903",
  overTransport: true,
  async run(trial) {
    const id = await trial.seedOne();
    for (const [name, call] of abortable(trial, id)) {
      trial.transport.mend();
      trial.transport.inject({ kind: "hang" });
      const { signal, abort } = abortion();
      const reason = new Error(`conformance: enough of ${name}`);
      const before = trial.transport.requests.length;
      const sent = trial.transport.nextRequest();
      const outcome = call(signal).catch((error: unknown) => error);
      await Promise.race([outcome, sent, sleep(underWayMs)]);
      // An answer that was at hand needs no abort.
      if (trial.transport.requests.length === before) continue;
      abort(reason);
      const ended = await within(limitMs, `${name}, aborted,`, outcome);
      demand(ended === reason, `${name} ended with ${String(ended)}, not with the reason.`);
    }
  },
});

function abortion(): { readonly signal: AbortSignal; readonly abort: (reason: Error) => void } {
  const controller = new AbortController();
  return { signal: controller.signal, abort: (reason) => controller.abort(reason) };
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms).unref());
}
