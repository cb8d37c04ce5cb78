import { demand } from "../../law-broken.ts";
import { ensure, marked } from "../comments.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const commentIsThereOnce: TrackerLaw = trackerLaw({
  id: "comment-is-there-once",
  title: "a comment is there once for each key, with the body that was written last",
  requirement: "R-324",
  methods: ["ensureComment"],
  world: ["comments"],
  async run(trial) {
    const [id = "", other = ""] = await trial.seed(2);
    await ensure(trial, id, "progress", "first");
    await ensure(trial, id, "progress", "second");
    await ensure(trial, id, "question", "third");
    await ensure(trial, other, "progress", "fourth");
    const found = [await marked(trial, id), await marked(trial, other)];
    const expected = [["second", "third"], ["fourth"]];
    demand(
      JSON.stringify(found) === JSON.stringify(expected),
      `The comments of two issues are ${JSON.stringify(found)} in place of ${JSON.stringify(expected)}.`,
    );
  },
});
