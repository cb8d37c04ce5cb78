import { demand } from "../../law-broken.ts";
import { idsOf, sameIds } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const askedStatesAreListed: TrackerLaw = trackerLaw({
  id: "asked-states-are-listed",
  title: "a list has the issues in the asked states and no others, however the states are cased",
  requirement: "R-301",
  async run(trial) {
    const { waiting, working, done } = trial.bed.states;
    const [first, second] = [await trial.seedOne(waiting), await trial.seedOne(working)];
    await trial.seedOne(done);
    const cases: readonly [readonly string[], readonly string[]][] = [
      [[waiting], [first]],
      [
        [` ${waiting.toUpperCase()} `, working.toLowerCase()],
        [first, second],
      ],
    ];
    for (const [states, ids] of cases) {
      const listed = idsOf(await trial.list(states));
      demand(
        sameIds(listed, ids),
        `Asked for ${JSON.stringify(states)}, it listed ${JSON.stringify(listed)} in place of ${JSON.stringify(ids)}.`,
      );
    }
  },
});
