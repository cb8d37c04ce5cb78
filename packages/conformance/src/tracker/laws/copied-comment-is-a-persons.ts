import { demand } from "../../law-broken.ts";
import { ensure } from "../comments.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

const remark = "Conformance: as it says above.";

export const copiedCommentIsAPersons: TrackerLaw = trackerLaw({
  id: "copied-comment-is-a-persons",
  title: "a person's comment that copies ours, with all its marks, is given and never written over",
  requirement: "R-433",
  methods: ["ensureComment"],
  world: ["comments", "addComment"],
  async run(trial) {
    const written = trial.worldWith("comments");
    const people = trial.worldWith("addComment");
    const [id = "", other = ""] = await trial.seed(2);
    await ensure(trial, id, "progress", "first");
    const [first = ""] = await written.comments(id);
    const copy = `${first.trim()}\n\n${remark}`;
    // There it stands behind ours, and here before.
    await people.addComment(id, copy);
    await people.addComment(other, copy);
    await ensure(trial, id, "progress", "second");
    await ensure(trial, other, "progress", "third");
    for (const issue of [id, other]) {
      const bodies = (await written.comments(issue)).map((body) => body.trim());
      const ours = bodies.filter((body) => body !== copy);
      demand(ours.length < bodies.length, `Theirs was written over: ${JSON.stringify(bodies)}.`);
      demand(ours.length === 1, `Beside theirs there are ${ours.length} of ours, not one.`);
      const given = await trial.call("fetchComments", async (signal) =>
        trial.tracker.fetchComments?.(issue, null, signal),
      );
      demand(
        given?.some(({ body }) => body.includes(remark)) ?? true,
        `The person's comment is taken for ours: ${JSON.stringify(given)}.`,
      );
    }
  },
});
