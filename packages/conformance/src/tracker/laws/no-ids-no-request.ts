import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const noIdsNoRequest: TrackerLaw = trackerLaw({
  id: "no-ids-no-request",
  title: "asked for no ids, it gives no issues and sends no request",
  requirement: "R-303",
  async run(trial) {
    await trial.seed(1);
    const before = trial.transport.requests.length;
    const given = await trial.byIds([]);
    const sent = trial.transport.requests.length - before;
    demand(given.length === 0, `Asked for no ids, it gave ${given.length} issues.`);
    demand(sent === 0, `Asked for no ids, it sent ${sent} requests.`);
  },
});
