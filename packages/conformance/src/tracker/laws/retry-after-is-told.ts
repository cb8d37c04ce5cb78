import { demand } from "../../law-broken.ts";
import { failuresOfReads, plainReply } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

const hourMs = 3_600_000;

export const retryAfterIsTold: TrackerLaw = trackerLaw({
  id: "retry-after-is-told",
  title: "429 is tracker_rate_limited with the time of Retry-After, which is an hour at most",
  requirement: "R-321",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(1);
    const limit = (retryAfter: string) => async (): Promise<readonly (number | null)[]> => {
      trial.transport.mend();
      const reply = plainReply(429, { "retry-after": retryAfter });
      trial.transport.inject({ kind: "reply", reply: () => reply });
      const failures = await failuresOfReads(trial, ids);
      for (const { code, retryable } of failures) {
        demand(code === "tracker_rate_limited", `Status 429 became ${code}.`);
        demand(retryable, "Status 429 is said not to be worth a retry.");
      }
      return failures.map(({ retryAfterMs }) => retryAfterMs);
    };
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const cases = [
      { retryAfter: "7", least: 6_000, most: 15_000 },
      { retryAfter: inAMinute, least: 30_000, most: 70_000 },
      { retryAfter: "99999999", least: 60_000, most: hourMs },
    ];
    for (const { retryAfter, least, most } of cases) {
      for (const waitMs of await limit(retryAfter)()) {
        demand(
          waitMs !== null && waitMs >= least && waitMs <= most,
          `Retry-After: ${retryAfter} became ${waitMs} ms; expected are ${least} to ${most} ms.`,
        );
      }
    }
  },
});
