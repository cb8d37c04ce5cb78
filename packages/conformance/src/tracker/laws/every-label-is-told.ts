import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

/** More than services tell beside an issue, and more than a page. */
const many = 120;

export const everyLabelIsTold: TrackerLaw = trackerLaw({
  id: "every-label-is-told",
  title: "an issue has all of its labels, 120 of them, on however many pages they come",
  requirement: "R-313",
  async run(trial) {
    const state = trial.bed.states.waiting;
    const labels = Array.from({ length: many }, (_, index) => `conformance-${index + 1}`);
    const [id = ""] = await trial.add([{ title: "Labelled", state, labels }]);
    const listed = (await trial.list()).filter((issue) => issue.id === id);
    for (const issue of [...listed, await trial.issue(id)]) {
      const told = new Set(issue.labels.map((label) => label.trim()));
      const lacking = labels.find((label) => !told.has(label)) ?? null;
      demand(lacking === null, `Of ${many} labels it tells ${told.size}, without ${lacking}.`);
    }
  },
});
