import { SignalboxError } from "@signalbox/contracts";
import { demand } from "../../law-broken.ts";
import { plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TrackerTrial } from "../tracker-trial.ts";
import { type TriedWrite, writesOf } from "../writes.ts";

/** Within the second that the service asks for. */
const watchedMs = 700;
const longestMs = 5_000;

export const limitIsNotHammered: TrackerLaw = trackerLaw({
  id: "limit-is-not-hammered",
  title:
    "a write under a rate limit asks once, waits or fails as retryable, and is made afterwards",
  requirement: "R-321",
  methods: ["transition"],
  overTransport: true,
  async run(trial) {
    for (const write of writesOf(trial)) await tryUnderLimit(trial, write);
  },
});

async function tryUnderLimit(
  trial: TrackerTrial,
  { name, make, timesMade }: TriedWrite,
): Promise<void> {
  const { transport } = trial;
  const id = await trial.seedOne();
  const before = transport.requests.length;
  const limit = plainReply(429, { "retry-after": "1" });
  transport.inject({ kind: "reply", reply: () => limit });
  const outcome = trial.call(name, (signal) =>
    make(id, signal).then(
      () => null,
      (error: unknown) => error,
    ),
  );
  await sleep(watchedMs);
  const sent = transport.requests.length - before;
  demand(sent <= 1, `${name} sent ${sent} requests while the limit held: one is enough to know.`);
  transport.mend();
  const error = await outcome;
  if (error !== null) {
    await sleep(waitOf(error, name));
    await trial.call(name, (signal) => make(id, signal));
  }
  const times = await timesMade(id);
  demand(times === 1, `${name} was made ${times} times when the limit was over.`);
}

/** How long the error says to wait, in milliseconds. */
function waitOf(error: unknown, name: string): number {
  const isLimit = SignalboxError.isInstance(error) && error.code === "tracker_rate_limited";
  demand(isLimit, `${name} failed with ${String(error)}, not with tracker_rate_limited.`);
  const { retryable, retryAfterMs } = error;
  demand(
    retryable && retryAfterMs !== null && retryAfterMs <= longestMs,
    `${name} is to be retried after ${retryAfterMs} ms; the service asks for a second.`,
  );
  return retryAfterMs;
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}
