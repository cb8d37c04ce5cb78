import { demand } from "../../law-broken.ts";
import { changesSince, fullRead, issuesOf } from "../changes.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const removedIssueIsTold: TrackerLaw = trackerLaw({
  id: "removed-issue-is-told",
  title:
    "an issue that is gone is in no answer of fetchChanges any more, and lacks in the next full one",
  requirement: "R-320",
  methods: ["fetchChanges"],
  async run(trial) {
    const [gone = "", stays = ""] = await trial.seed(2);
    const { cursor } = await fullRead(trial);
    await trial.world.removeIssue(gone);
    const changes = await changesSince(trial, cursor);
    const isThere = issuesOf(changes).some(({ id }) => id === gone);
    demand(!isThere, "It is told of as if it were there.");
    if (changes.kind === "changes") {
      const wrong = changes.removedIds.filter((id) => id !== gone);
      demand(wrong.length === 0, `It told of ${JSON.stringify(wrong)} as gone, which are there.`);
    }
    const ids = (await fullRead(trial)).issues.map(({ id }) => id);
    demand(ids.join() === stays, `The next full read gave ${JSON.stringify(ids)}.`);
  },
});
