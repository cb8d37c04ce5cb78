import { demand } from "../../law-broken.ts";
import { settled } from "../settled.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const linkIsThereOnce: TrackerLaw = trackerLaw({
  id: "link-is-there-once",
  title: "a link is there once for each URL, also when the answer to its first writing was lost",
  requirement: "R-714",
  methods: ["attachLink"],
  world: ["links"],
  async run(trial) {
    const id = await trial.seedOne();
    const adapter = trial.trackerWith("attachLink");
    const attach = async (url: string, title: string): Promise<void> =>
      trial.call("attachLink", (signal) => adapter.attachLink(id, { url, title }, signal));
    const urls = ["https://example.com/pulls/1", "https://example.com/pulls/2"];
    const [first = "", second = ""] = urls;
    await attach(first, "One");
    await attach(first, "One, renamed");
    trial.transport.inject({ kind: "lost-reply" }, { on: "write", times: 1 });
    await settled(attach(second, "Two"));
    trial.transport.mend();
    await attach(second, "Two");
    const found = await trial.worldWith("links").links(id);
    demand(
      JSON.stringify(found.toSorted()) === JSON.stringify(urls),
      `The links are ${JSON.stringify(found)} in place of ${JSON.stringify(urls)}.`,
    );
  },
});
