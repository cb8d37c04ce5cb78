import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

/** Longer than a poll or a watcher of its own rests. */
const quietMs = 300;

export const closeEndsIt: TrackerLaw = trackerLaw({
  id: "close-ends-it",
  title: "close comes to its end, and nothing is sent after it",
  requirement: "R-903",
  methods: ["close"],
  async run(trial) {
    await trial.seed(1);
    await trial.list();
    await trial.close();
    const before = trial.transport.requests.length;
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    const sent = trial.transport.requests.length - before;
    demand(sent === 0, `After close it sent ${sent} requests.`);
  },
});
