import type { Tracker } from "@signalbox/contracts";
import { beforeAll, describe, expect, it } from "vitest";
import { mistakes } from "../__fixtures__/tracker/broken-trackers.ts";
import { soundBed } from "../__fixtures__/tracker/sound-bed.ts";
import { checkLaw, conformanceReport, type LawVerdict, trackerLaws } from "../index.ts";

/** They wait for time to pass, so each is tried on the mistake that is its own. */
const ofPatience = new Set([
  "silence-ends",
  "abort-ends-call",
  "close-ends-it",
  "limit-is-not-hammered",
]);

/** What each law asks an adapter for. */
const uses = new Map<string, ReadonlySet<string>>();

const verdicts: LawVerdict[] = [];

beforeAll(async () => {
  for (const law of trackerLaws) {
    const methods = new Set<string>();
    const bed = soundBed({}, (method) => methods.add(method));
    verdicts.push(await checkLaw(law, bed));
    uses.set(law.id, methods);
  }
}, 60_000);

it("a sound tracker keeps every law", () => {
  expect(verdicts.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(conformanceReport("sound", verdicts).conforms).toBe(true);
});

const nothing: Tracker = {
  fetchIssuesByStates: async () => [],
  fetchIssuesByIds: async () => [],
};

describe("each law bites", () => {
  it.each(trackerLaws.map(({ id }) => id))("R-904 %s", async (id) => {
    const mistake = mistakes[id];
    if (mistake === undefined) throw new Error(`No mistake breaks ${id}`);
    const bed = soundBed(mistake);
    // The mistakes that are in no method show in trouble alone.
    const calm = { ...bed, transport: "none", lacks: { corrupt: "none" } };
    const methods = Object.keys(mistake.methods?.(nothing) ?? {});
    const concerned = trackerLaws.filter((law) =>
      methods.length === 0
        ? law.exempts(calm) !== null
        : methods.some((method) => uses.get(law.id)?.has(method)),
    );
    const failed: string[] = [];
    for (const law of concerned) {
      if (ofPatience.has(law.id) && law.id !== id) continue;
      const { verdict } = await checkLaw(law, bed);
      if (verdict === "failed") failed.push(law.id);
    }
    expect(failed).toEqual([id]);
  });
});
