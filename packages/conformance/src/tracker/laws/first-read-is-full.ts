import { demand } from "../../law-broken.ts";
import { fullRead } from "../changes.ts";
import { idsOf, sameIds } from "../folded.ts";
import { pagesOf } from "../pages.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const firstReadIsFull: TrackerLaw = trackerLaw({
  id: "first-read-is-full",
  title:
    "without a cursor fetchChanges gives everything in scope, in whatever state, again and again",
  requirement: "R-301",
  methods: ["fetchChanges"],
  async run(trial) {
    const { working, done } = trial.bed.states;
    const ids = [
      ...(await trial.seed(pagesOf(trial.bed))),
      await trial.seedOne(working),
      await trial.seedOne(done),
    ];
    for (const { issues } of [await fullRead(trial), await fullRead(trial)]) {
      demand(sameIds(idsOf(issues), ids), `Of ${ids.length} issues it gave ${issues.length}.`);
    }
  },
});
