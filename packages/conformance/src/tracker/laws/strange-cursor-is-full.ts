import { demand } from "../../law-broken.ts";
import { changesSince } from "../changes.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const strangeCursorIsFull: TrackerLaw = trackerLaw({
  id: "strange-cursor-is-full",
  title: "a cursor that it does not know, as of another version, gives everything",
  requirement: "R-301",
  methods: ["fetchChanges"],
  async run(trial) {
    await trial.seed(2);
    const changes = await changesSince(trial, "conformance: of another life");
    demand(changes.kind === "full", `It answered ${changes.kind}.`);
    demand(changes.issues.length === 2, `It gave ${changes.issues.length} of 2 issues.`);
  },
});
