import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const noStatesNoRequest: TrackerLaw = trackerLaw({
  id: "no-states-no-request",
  title: "a list of no states is empty and costs no request",
  requirement: "R-302",
  async run(trial) {
    await trial.seed(1);
    const before = trial.transport.requests.length;
    const listed = await trial.list([]);
    const sent = trial.transport.requests.length - before;
    demand(listed.length === 0, `Asked for no states, it listed ${listed.length} issues.`);
    demand(sent === 0, `Asked for no states, it sent ${sent} requests.`);
  },
});
