import type { IssueComment } from "@signalbox/contracts";
import { demand } from "../../law-broken.ts";
import { ensure } from "../comments.ts";
import { isInstant } from "../issue-shape.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const commentsOfPeople: TrackerLaw = trackerLaw({
  id: "comments-of-people",
  title:
    "fetchComments gives what people wrote after an instant, oldest first, and nothing of ours",
  requirement: "R-433",
  methods: ["fetchComments"],
  world: ["addComment"],
  async run(trial) {
    const id = await trial.seedOne();
    const adapter = trial.trackerWith("fetchComments");
    const world = trial.worldWith("addComment");
    const read = async (after: string | null): Promise<readonly IssueComment[]> =>
      trial.call("fetchComments", (signal) => adapter.fetchComments(id, after, signal));
    await world.addComment(id, "Early answer.");
    if (trial.tracker.ensureComment) await ensure(trial, id, "question", "ours");
    await world.addComment(id, "Late answer.");
    const all = await read(null);
    const bodies = all.map(({ body }) => body.trim());
    demand(
      JSON.stringify(bodies) === '["Early answer.","Late answer."]',
      `It gave ${JSON.stringify(bodies)}; people wrote an early and a late answer.`,
    );
    for (const { createdAt } of all) demand(isInstant(createdAt), `${createdAt} is no instant.`);
    const [early] = all;
    const later = await read(early?.createdAt ?? null);
    demand(
      later.map(({ body }) => body.trim()).join() === "Late answer.",
      `After the first answer it gave ${JSON.stringify(later)}.`,
    );
  },
});
