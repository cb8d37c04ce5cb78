import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const labelsAreNormal: TrackerLaw = trackerLaw({
  id: "labels-are-normal",
  title: "labels are trimmed, lower-cased and unique, and none is blank",
  requirement: "R-305",
  async run(trial) {
    const state = trial.bed.states.waiting;
    const seeds = [
      { title: "Labelled", state, labels: [" Needs Design ", "BUG", "bug", " "] },
      { title: "Plain", state },
    ];
    const [id = ""] = await trial.add(seeds);
    const listed = await trial.list();
    const labelled = [...listed, await trial.issue(id)].filter((issue) => issue.id === id);
    for (const { labels } of labelled) {
      const told = JSON.stringify(labels);
      for (const label of ["needs design", "bug"]) {
        demand(labels.includes(label), `The label "${label}" is not among ${told}.`);
      }
    }
    for (const { labels } of [...listed, ...labelled]) {
      const told = JSON.stringify(labels);
      demand(new Set(labels).size === labels.length, `A label is there twice: ${told}.`);
      const odd = labels.find((label) => label !== label.trim().toLowerCase() || label === "");
      demand(
        odd === undefined,
        `The label "${odd ?? ""}" is blank, not trimmed or not lower-cased.`,
      );
    }
  },
});
