import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

const mebibyte = 1 << 20;
const maxEventCharacters = 8 * mebibyte;

export const floodIsBounded: BackendLaw = backendLaw({
  id: "flood-is-bounded",
  title: "of a flood of output, no more becomes events than a host can carry",
  requirement: "R-522",
  plays: ["flood"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("flood");
    const outcome = await session.runTurn();
    demand(outcome.kind === "succeeded", `The turn ended as ${JSON.stringify(outcome)}.`);
    const { longestEvent, eventCharacters } = session.hearing;
    demand(longestEvent <= mebibyte, `One event has ${longestEvent} characters.`);
    demand(eventCharacters <= maxEventCharacters, `All events have ${eventCharacters} characters.`);
  },
});
