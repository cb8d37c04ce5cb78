import { demand } from "../../law-broken.ts";
import { isInstant } from "../issue-shape.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const instantsAreRfc3339: TrackerLaw = trackerLaw({
  id: "instants-are-rfc-3339",
  title: "createdAt and updatedAt are RFC 3339 or null",
  requirement: "R-316",
  async run(trial) {
    const id = await trial.seedOne();
    for (const { createdAt, updatedAt } of [...(await trial.list()), await trial.issue(id)]) {
      for (const instant of [createdAt, updatedAt]) {
        demand(isInstant(instant), `${JSON.stringify(instant)} is no instant of RFC 3339.`);
      }
    }
  },
});
