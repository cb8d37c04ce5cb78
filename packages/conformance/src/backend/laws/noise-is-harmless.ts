import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const noiseIsHarmless: BackendLaw = backendLaw({
  id: "noise-is-harmless",
  title: "invalid UTF-8, NUL bytes and half messages harm nothing",
  requirement: "R-506",
  plays: ["noise"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("noise");
    const outcome = await session.runTurn();
    demand(outcome.kind === "succeeded", `The turn ended as ${JSON.stringify(outcome)}.`);
  },
});
