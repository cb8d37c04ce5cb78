import { describe, expect, it } from "vitest";
import { broken, mistakes } from "../__fixtures__/broken-backends.ts";
import { soundSubject } from "../__fixtures__/sound-backend.ts";
import { backendLaws, checkConformance, checkLaw } from "../index.ts";

it("a sound backend keeps every law", async () => {
  const { laws, conforms } = await checkConformance(backendLaws, soundSubject());
  expect(laws.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(conforms).toBe(true);
});

describe("each law bites", () => {
  it.each(backendLaws.map(({ id }) => id))("R-904 %s", async (id) => {
    const mistake = mistakes[id];
    if (mistake === undefined) throw new Error(`No mistake breaks ${id}`);
    const subject = soundSubject(broken(mistake));
    const concerned = backendLaws.filter(({ plays }) =>
      plays.some((name) => mistake.in.includes(name)),
    );
    const verdicts = await Promise.all(concerned.map((law) => checkLaw(law, subject)));
    const failed = verdicts.filter(({ verdict }) => verdict === "failed").map((law) => law.id);
    expect(failed).toEqual([id]);
  });
});
