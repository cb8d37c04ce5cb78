import { demand } from "../../law-broken.ts";
import { idsOf, sameIds } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const goneIsLeftOut: TrackerLaw = trackerLaw({
  id: "gone-is-left-out",
  title: "an issue that is gone is left out, by id and in lists, and is no error",
  requirement: "R-320",
  async run(trial) {
    const [gone = "", stays = ""] = await trial.seed(2);
    await trial.list();
    await trial.world.removeIssue(gone);
    for (const given of [await trial.byIds([gone, stays]), await trial.list()]) {
      demand(
        sameIds(idsOf(given), [stays]),
        `${gone} is gone and ${stays} is not: it gave ${JSON.stringify(idsOf(given))}.`,
      );
    }
    demand((await trial.byIds([gone])).length === 0, "The one that is gone is still given by id.");
  },
});
