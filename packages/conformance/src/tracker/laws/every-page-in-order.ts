import { demand } from "../../law-broken.ts";
import { idsOf, sameIds } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import { pagesOf } from "../pages.ts";

export const everyPageInOrder: TrackerLaw = trackerLaw({
  id: "every-page-in-order",
  title:
    "a list over three pages has every issue once, in the order of their making or its reverse",
  requirement: "R-304",
  async run(trial) {
    const ids = await trial.seed(pagesOf(trial.bed));
    const listed = idsOf(await trial.list());
    const missing = ids.filter((id) => !listed.includes(id));
    demand(
      sameIds(ids, listed),
      `Of ${ids.length} it listed ${listed.length}; ${missing.length} are missing.`,
    );
    const inOrder = [ids, ids.toReversed()].some((order) => order.join("\n") === listed.join("\n"));
    demand(inOrder, "Its order is neither that of their making nor the reverse.");
  },
});
