import { demand } from "../../law-broken.ts";
import { failuresOfReads } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

const bodies = {
  "a page of HTML": ["text/html", "<!doctype html><title>Sign in</title>"],
  "text that is no JSON": ["application/json", '{"data": [1,'],
  "JSON of another shape": ["application/json", '{"surprise": true}'],
} as const;

export const unreadableRepliesArePayloadErrors: TrackerLaw = trackerLaw({
  id: "unreadable-replies-are-payload-errors",
  title: "a reply that cannot be read is tracker_payload, and never an empty list",
  requirement: "R-314",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(1);
    for (const [name, [type, body]] of Object.entries(bodies)) {
      trial.transport.mend();
      const reply = { status: 200, headers: { "content-type": type }, body };
      trial.transport.inject({ kind: "reply", reply: () => reply });
      for (const { code } of await failuresOfReads(trial, ids)) {
        demand(code === "tracker_payload", `${name} became ${code}.`);
      }
    }
  },
});
