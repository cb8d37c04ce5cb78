import { demand } from "../../law-broken.ts";
import { fold } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

/** More than services tell beside an issue, and more than a page. */
const many = 120;

export const everyBlockerIsTold: TrackerLaw = trackerLaw({
  id: "every-blocker-is-told",
  title: "an issue has all that it waits for, 120 of them with their states, on however many pages",
  requirement: "R-322",
  world: ["block"],
  async run(trial) {
    const { waiting } = trial.bed.states;
    const [id = "", ...blockers] = await trial.seed(many + 1);
    await trial.worldWith("block").block(id, blockers);
    const listed = (await trial.list()).filter((issue) => issue.id === id);
    for (const { blockedBy } of [...listed, await trial.issue(id)]) {
      const states = new Map(blockedBy.map((blocker) => [blocker.id, blocker.state]));
      const lacking = blockers.find((blocker) => !states.has(blocker)) ?? null;
      demand(lacking === null, `Of ${many} blockers it tells ${states.size}, without ${lacking}.`);
      for (const blocker of blockers) {
        const state = states.get(blocker) ?? "";
        demand(
          fold(state) === fold(waiting),
          `A blocker is in ${waiting}, and told as in ${state}.`,
        );
      }
    }
  },
});
