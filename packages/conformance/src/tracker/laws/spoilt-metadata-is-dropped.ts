import { demand } from "../../law-broken.ts";
import { isInstant, issueProblem } from "../issue-shape.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const spoiltMetadataIsDropped: TrackerLaw = trackerLaw({
  id: "spoilt-metadata-is-dropped",
  title: "optional metadata that is of no use is null or empty, and the issue stays",
  requirement: "R-306",
  world: ["spoil"],
  async run(trial) {
    const [id = "", other = ""] = await trial.seed(2);
    await trial.worldWith("spoil").spoil(id);
    const listed = await trial.list();
    const spoilt = listed.find((issue) => issue.id === id);
    demand(spoilt !== undefined, "The issue is not listed any more.");
    demand(
      listed.some((issue) => issue.id === other),
      "Another issue is not listed any more.",
    );
    for (const issue of [spoilt, await trial.issue(id)]) {
      const areInstants = isInstant(issue.createdAt) && isInstant(issue.updatedAt);
      const problem = areInstants ? issueProblem(issue) : "has a date that is none";
      demand(problem === null, `The issue with spoilt metadata ${problem ?? ""}.`);
    }
  },
});
