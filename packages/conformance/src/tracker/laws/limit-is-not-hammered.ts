import { SignalboxError } from "@signalbox/contracts";
import { demand } from "../../law-broken.ts";
import { plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import { writesOf } from "../writes.ts";

/** Within the second that the service asks for. */
const watchedMs = 700;
const longestMs = 5_000;
/** Timers of ours and clocks of the adapter's are not the same. */
const marginMs = 50;
/** Of one write: a second request may be under way when the first one is answered. */
const mostRequests = 2;

export const limitIsNotHammered: TrackerLaw = trackerLaw({
  id: "limit-is-not-hammered",
  title: "a write under a rate limit waits or fails as retryable, and is made once afterwards",
  requirement: "R-321",
  methods: ["transition"],
  overTransport: true,
  async run(trial) {
    const { transport } = trial;
    const writes = writesOf(trial);
    const ids = await trial.seed(writes.length);
    const before = transport.requests.length;
    const limit = plainReply(429, { "retry-after": "1" });
    transport.inject({ kind: "reply", reply: () => limit });
    const tried = writes.map(async ({ name, make }, index) =>
      trial.call(name, (signal) =>
        make(ids[index] ?? "", signal).then(
          () => null,
          (error: unknown) => ({ error, at: performance.now() }),
        ),
      ),
    );
    await sleep(watchedMs);
    const sent = transport.requests.length - before;
    demand(
      sent <= mostRequests * writes.length,
      `${writes.length} writes sent ${sent} requests while the limit held.`,
    );
    transport.mend();
    const againAt = (await Promise.all(tried)).map((failure) =>
      failure === null ? null : failure.at + waitOf(failure.error) + marginMs,
    );
    await sleep(Math.max(...againAt.map((at) => at ?? 0)) - performance.now());
    for (const [index, { name, make, timesMade }] of writes.entries()) {
      const id = ids[index] ?? "";
      if (againAt[index] !== null) await trial.call(name, (signal) => make(id, signal));
      const times = await timesMade(id);
      demand(times === 1, `${name} was made ${times} times when the limit was over.`);
    }
  },
});

/** How long the error says to wait, in milliseconds. */
function waitOf(error: unknown): number {
  const isLimit = SignalboxError.isInstance(error) && error.code === "tracker_rate_limited";
  demand(isLimit, `A write failed with ${String(error)}, not with tracker_rate_limited.`);
  const { retryable, retryAfterMs } = error;
  demand(
    retryable && retryAfterMs !== null && retryAfterMs > 0 && retryAfterMs <= longestMs,
    `A write is to be retried after ${retryAfterMs} ms; the service asks for a second.`,
  );
  return retryAfterMs;
}

async function sleep(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(milliseconds, 0)));
}
