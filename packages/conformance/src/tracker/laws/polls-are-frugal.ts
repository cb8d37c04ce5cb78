import { changesSince } from "../changes.ts";
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
    const some = ids.slice(0, 1);
    // The first read may cost more, and so may that of what changed: what is measured comes after them.
    await pollOf(trial)(some);
    const poll = pollOf(trial);
    const whole = await poll(some);
    const one = await poll(some);
    for (const id of ids) await trial.world.setState(id, trial.bed.states.working);
    await poll(ids);
    const hundred = await poll(ids);
    const pages = ids.length / issuesPerRequest;
    demand(
      hundred <= one + pages,
      `With 1 of 100 issues running a poll sent ${one} requests, with 100 of them ${hundred}: ${one + pages} at most.`,
    );
    const most = pages + 2;
    for (const sent of [whole, one]) {
      demand(sent <= most, `A poll of 100 issues sent ${sent} requests: ${most} at most.`);
    }
  },
});

/** As the daemon polls: all first and then what changed, where that can be asked; else the list, and what runs by id. */
function pollOf(trial: TrackerTrial): (running: readonly string[]) => Promise<number> {
  const { bed, tracker, transport } = trial;
  let cursor: string | null = null;
  return async (running) => {
    const before = transport.requests.length;
    if (tracker.fetchChanges === undefined) {
      await trial.list([bed.states.waiting, bed.states.working]);
      const given = await trial.byIds(running);
      demand(
        idsOf(given).length === running.length,
        `It gave ${given.length} of ${running.length} issues by id.`,
      );
    } else {
      ({ cursor } = await changesSince(trial, cursor));
    }
    return transport.requests.length - before;
  };
}
