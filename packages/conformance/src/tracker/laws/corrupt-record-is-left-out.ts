import { demand } from "../../law-broken.ts";
import { idsOf } from "../folded.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const corruptRecordIsLeftOut: TrackerLaw = trackerLaw({
  id: "corrupt-record-is-left-out",
  title: "a record that is no issue is left out of lists and told of, and hides no other",
  requirement: "R-307",
  world: ["corrupt"],
  async run(trial) {
    const [first = "", broken = "", last = ""] = await trial.seed(3);
    await trial.worldWith("corrupt").corrupt(broken);
    const listed = idsOf(await trial.list());
    demand(listed.includes(first) && listed.includes(last), "It hides other issues.");
    demand(!listed.includes(broken), "It is listed as an issue.");
    const isLogged = trial.log.some(({ level }) => level === "warn" || level === "error");
    const { tracker } = trial;
    const changes = isLogged
      ? undefined
      : await trial.call("fetchChanges", async (signal) => tracker.fetchChanges?.(null, signal));
    const isTold = changes !== undefined && "problems" in changes && changes.problems.length > 0;
    demand(isLogged || isTold, "Neither the log nor a problem of fetchChanges tells of it.");
  },
});
