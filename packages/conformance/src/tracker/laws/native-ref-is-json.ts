import { isDeepStrictEqual } from "node:util";
import { demand } from "../../law-broken.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const nativeRefIsJson: TrackerLaw = trackerLaw({
  id: "native-ref-is-json",
  title: "nativeRef is an object that JSON keeps as it is",
  requirement: "R-310",
  async run(trial) {
    const id = await trial.seedOne();
    for (const { nativeRef } of [...(await trial.list()), await trial.issue(id)]) {
      const isObject = typeof nativeRef === "object" && nativeRef !== null;
      demand(isObject && !Array.isArray(nativeRef), `nativeRef is ${JSON.stringify(nativeRef)}.`);
      const copy: unknown = JSON.parse(JSON.stringify(nativeRef));
      demand(isDeepStrictEqual(copy, nativeRef), "JSON makes something else of nativeRef.");
    }
  },
});
