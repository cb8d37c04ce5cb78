import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

const bodies = ["", "{}", '{"action":"conformance"}', "no JSON", "\0\uFFFF"];

export const strangeDeliveryIsRefused: TrackerLaw = trackerLaw({
  id: "strange-delivery-is-refused",
  title: "a webhook delivery without a good signature is refused, whatever is in it",
  requirement: "R-903",
  methods: ["webhook"],
  async run(trial) {
    const adapter = trial.trackerWith("webhook");
    for (const text of bodies) {
      const body = new TextEncoder().encode(text);
      const headers = { "content-type": "application/json", "x-hub-signature-256": "sha256=00" };
      const receipt = await trial.call("webhook", (signal) =>
        adapter.webhook({ headers, body }, signal),
      );
      demand(
        receipt.kind === "refused",
        `A delivery of ${JSON.stringify(text)} that nobody signed was ${receipt.kind}.`,
      );
    }
  },
});
