import { demand } from "../../law-broken.ts";
import { issueProblem } from "../issue-shape.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const issuesWellFormed: TrackerLaw = trackerLaw({
  id: "issues-well-formed",
  title:
    "every field is what the contract says; id, identifier, title, state are never empty; states keep their spelling",
  requirement: "R-317",
  async run(trial) {
    const { waiting, working } = trial.bed.states;
    for (const state of [waiting, working]) {
      const id = await trial.seedOne(state);
      for (const issue of [...(await trial.list([state])), await trial.issue(id)]) {
        const problem = issueProblem(issue);
        demand(problem === null, `The issue ${issue.id} ${problem ?? ""}.`);
        demand(issue.state === state, `The state ${state} is spelled ${issue.state}.`);
        demand(
          issue.title.startsWith("Conformance issue"),
          `The title became ${JSON.stringify(issue.title)}.`,
        );
      }
    }
  },
});
