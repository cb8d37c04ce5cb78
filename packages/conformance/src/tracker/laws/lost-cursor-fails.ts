import { demand } from "../../law-broken.ts";
import { LawInapplicable } from "../../law-inapplicable.ts";
import { pagesOf } from "../pages.ts";
import { failureOf } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const lostCursorFails: TrackerLaw = trackerLaw({
  id: "lost-cursor-fails",
  title: "a page that promises another and does not say where is an error, not the end",
  requirement: "R-319",
  overTransport: true,
  exempts: ({ withoutCursor, lacks }) =>
    withoutCursor === undefined
      ? (lacks?.withoutCursor ?? "The test bed has no withoutCursor.")
      : null,
  async run(trial) {
    const change = trial.bed.withoutCursor;
    if (change === undefined) throw new LawInapplicable("The test bed has no withoutCursor.");
    await trial.seed(pagesOf(trial.bed));
    trial.transport.inject({ kind: "change", change });
    const error = await failureOf(trial, "fetchIssuesByStates without a cursor", (signal) =>
      trial.tracker.fetchIssuesByStates([trial.bed.states.waiting], signal),
    );
    demand(error.code === "tracker_pagination", `It failed with ${error.code}.`);
  },
});
