import { demand } from "../../law-broken.ts";
import { ensure } from "../comments.ts";
import { isInstant } from "../issue-shape.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const receiptTellsTheFirstWriting: TrackerLaw = trackerLaw({
  id: "receipt-tells-the-first-writing",
  title: "the receipt of a comment says when this body was written first",
  requirement: "R-438",
  methods: ["ensureComment"],
  async run(trial) {
    const id = await trial.seedOne();
    const first = await ensure(trial, id, "progress", "same");
    await new Promise((resolve) => setTimeout(resolve, 20));
    const second = await ensure(trial, id, "progress", "same");
    for (const { writtenAt } of [first, second]) {
      demand(isInstant(writtenAt), `${JSON.stringify(writtenAt)} is no instant of RFC 3339.`);
    }
    demand(
      first.writtenAt === second.writtenAt,
      `It was written ${String(first.writtenAt)}, and now ${String(second.writtenAt)} is told.`,
    );
  },
});
