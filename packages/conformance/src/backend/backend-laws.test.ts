import { describe, expect, it } from "vitest";
import { broken, mistakes } from "../__fixtures__/broken-backends.ts";
import { soundSubject } from "../__fixtures__/sound-backend.ts";
import { backendLaws, checkConformance, checkLaw } from "../index.ts";

it("a sound backend keeps every law", async () => {
  const { laws, conforms } = await checkConformance(backendLaws, soundSubject());
  expect(laws.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(conforms).toBe(true);
});

const ids = backendLaws.map(({ id }) => id);
/** What measures this process has it for itself. */
const isMeasured = (id: string): boolean => mistakes[id]?.in.includes("flood") === true;

describe("each law bites", () => {
  it.concurrent.each(ids.filter((id) => !isMeasured(id)))("R-904 %s", bites);
  it.each(ids.filter(isMeasured))("R-904 %s", bites);
});

/** A backend with the mistake breaks this law and no other. */
async function bites(id: string): Promise<void> {
  const mistake = mistakes[id];
  if (mistake === undefined) throw new Error(`No mistake breaks ${id}`);
  const sound = soundSubject(broken(mistake));
  // None of those fails by hanging, and a slow machine needs its time.
  const subject = isMeasured(id) ? { ...sound, patienceMs: 60_000 } : sound;
  const concerned = backendLaws.filter(({ plays }) =>
    plays.some((name) => mistake.in.includes(name)),
  );
  const alone = concerned.filter(({ isAlone }) => isAlone === true);
  const beside = concerned.filter(({ isAlone }) => isAlone !== true);
  const verdicts = await Promise.all(beside.map((law) => checkLaw(law, subject)));
  for (const law of alone) verdicts.push(await checkLaw(law, subject));
  const failed = verdicts.filter(({ verdict }) => verdict === "failed").map((law) => law.id);
  expect(failed).toEqual([id]);
}
