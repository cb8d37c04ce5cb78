import { demand } from "../../law-broken.ts";
import { idsOf, sameIds } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const manyIds: TrackerLaw = trackerLaw({
  id: "many-ids",
  title: "51 and 101 ids at once work",
  requirement: "R-318",
  async run(trial) {
    const ids = await trial.seed(101);
    for (const count of [51, 101]) {
      const asked = ids.slice(0, count);
      const given = idsOf(await trial.byIds(asked));
      demand(sameIds(given, asked), `Asked for ${count} ids, it gave ${given.length} issues.`);
    }
  },
});
