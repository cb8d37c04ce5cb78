import { demand } from "../../law-broken.ts";
import { idsOf } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TrackerTrial } from "../tracker-trial.ts";

const issuesPerRequest = 50;

export const pollsAreFrugal: TrackerLaw = trackerLaw({
  id: "polls-are-frugal",
  title: "a poll costs a request for every 50 issues at most, and not more for issues that run",
  requirement: "R-326",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(100);
    await requestsOf(trial, 1, ids);
    const one = await requestsOf(trial, 1, ids);
    const hundred = await requestsOf(trial, 100, ids);
    const most = one + ids.length / issuesPerRequest;
    demand(
      hundred <= most,
      `With 1 of 100 issues running a poll sent ${one} requests, with 100 of them ${hundred}: ${most} at most.`,
    );
    const mostOfOne = ids.length / issuesPerRequest + 2;
    demand(one <= mostOfOne, `A poll of 100 issues sent ${one} requests: ${mostOfOne} at most.`);
  },
});

/** As the daemon polls: by changes where there are some, else the list and the running issues by id. */
async function requestsOf(
  trial: TrackerTrial,
  running: number,
  ids: readonly string[],
): Promise<number> {
  const { tracker, transport } = trial;
  const before = transport.requests.length;
  if (tracker.fetchChanges === undefined) {
    await trial.list();
    const given = await trial.byIds(ids.slice(0, running));
    demand(idsOf(given).length === running, `It gave ${given.length} of ${running} issues by id.`);
  } else {
    await trial.call("fetchChanges", (signal) =>
      trial.trackerWith("fetchChanges").fetchChanges(null, signal),
    );
  }
  return transport.requests.length - before;
}
