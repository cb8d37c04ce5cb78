import { demand } from "../../law-broken.ts";
import { changesSince, fullRead } from "../changes.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const quietTrackerIsUnchanged: TrackerLaw = trackerLaw({
  id: "quiet-tracker-is-unchanged",
  title: "where nothing happens, fetchChanges says that nothing changed, and nothing as gone",
  requirement: "R-326",
  methods: ["fetchChanges"],
  async run(trial) {
    await trial.seed(3);
    let { cursor } = await fullRead(trial);
    for (let poll = 0; poll < 3; poll += 1) {
      const changes = await changesSince(trial, cursor);
      demand(changes.kind !== "full", "It gave everything again.");
      const gone = changes.kind === "changes" ? changes.removedIds.length : 0;
      demand(gone === 0, `It told of ${gone} issues as gone.`);
      // A cursor of time gives the last change again: once it was told, it need not be.
      cursor = changes.cursor;
    }
  },
});
