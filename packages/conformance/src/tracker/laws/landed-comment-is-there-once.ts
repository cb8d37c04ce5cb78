import { demand } from "../../law-broken.ts";
import { ensure, marked } from "../comments.ts";
import { settled } from "../settled.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TransportFault } from "../transport-fault.ts";

const faults: readonly TransportFault[] = [{ kind: "lost-reply" }, { kind: "cut" }];

export const landedCommentIsThereOnce: TrackerLaw = trackerLaw({
  id: "landed-comment-is-there-once",
  title: "a comment whose answer was lost is there once when it is written again",
  requirement: "R-324",
  methods: ["ensureComment"],
  world: ["comments"],
  overTransport: true,
  async run(trial) {
    for (const fault of faults) {
      const id = await trial.seedOne();
      trial.transport.inject(fault, { on: "write", times: 1 });
      await settled(ensure(trial, id, "progress", "first"));
      trial.transport.mend();
      await ensure(trial, id, "progress", "second");
      const found = await marked(trial, id);
      demand(
        JSON.stringify(found) === '["second"]',
        `The comments are ${JSON.stringify(found)} in place of one.`,
      );
    }
  },
});
