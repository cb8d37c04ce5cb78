import { demand } from "../../law-broken.ts";
import { idsOf, sameIds } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const byIdInFull: TrackerLaw = trackerLaw({
  id: "by-id-in-full",
  title: "by id it gives full snapshots, each once, in whatever state",
  requirement: "R-309",
  async run(trial) {
    const { waiting, done } = trial.bed.states;
    const ids = [await trial.seedOne(waiting), await trial.seedOne(done)];
    const given = await trial.byIds([...ids, ...ids.slice(0, 1)]);
    demand(
      sameIds(idsOf(given), ids),
      `Asked for ${JSON.stringify(ids)}, the first twice, it gave ${JSON.stringify(idsOf(given))}.`,
    );
    const [listed] = await trial.list();
    const same = given.find(({ id }) => id === listed?.id);
    demand(
      JSON.stringify(sorted(same)) === JSON.stringify(sorted(listed)),
      `By id it gave ${JSON.stringify(same)}, in the list ${JSON.stringify(listed)}.`,
    );
  },
});

function sorted(issue: object | undefined): unknown {
  return Object.entries(issue ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1));
}
