import { demand } from "../../law-broken.ts";
import { idsOf, sameIds } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const callsStayApart: TrackerLaw = trackerLaw({
  id: "calls-stay-apart",
  title: "calls at the same time each get their own answer, also beside one that is aborted",
  requirement: "R-309",
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    const [first, second] = [await trial.seed(3, waiting), await trial.seed(2, working)];
    const controller = new AbortController();
    const aborted = trial.tracker.fetchIssuesByIds(first, controller.signal).then(
      () => null,
      () => null,
    );
    const lists = Promise.all([trial.list([waiting]), trial.list([working])]);
    const single = Promise.all([...first, ...second].map((id) => trial.byIds([id])));
    controller.abort(new Error("conformance: one of many"));
    const [[waits, works], singles] = await Promise.all([lists, single, aborted]);
    demand(sameIds(idsOf(waits), first), `A list gave ${JSON.stringify(idsOf(waits))}.`);
    demand(sameIds(idsOf(works), second), `A list gave ${JSON.stringify(idsOf(works))}.`);
    for (const [index, id] of [...first, ...second].entries()) {
      const given = idsOf(singles[index] ?? []);
      demand(sameIds(given, [id]), `Asked for ${id}, it gave ${JSON.stringify(given)}.`);
    }
  },
});
