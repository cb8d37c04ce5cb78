import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { scenarioOf } from "./__fixtures__/scenario.ts";
import { failureText, shrink, simulate } from "./index.ts";

const secondsGiven = Number(process.env["SIGNALBOX_SIMULATE_SECONDS"] ?? "8");
const seedGiven = process.env["SIGNALBOX_SEED"];

/** Lives through the world of a seed; what it says is empty where every promise was kept. */
async function failureOf(seed: string): Promise<string> {
  const report = await simulate(scenarioOf(seed));
  if (report.violations.length === 0) return "";
  const again = `SIGNALBOX_SEED=${seed} npx vitest run packages/simulator/src/fresh-seeds.test.ts`;
  const { issues, hours, faults } = await shrink(scenarioOf(seed));
  const smaller = `smaller, and the same: ${JSON.stringify({ issues, hours, faults })}`;
  return `${failureText(report, again)}\n${smaller}`;
}

/** Fresh seeds for so long, until one fails. */
async function failuresWithin(limitMs: number): Promise<string> {
  const until = performance.now() + limitMs;
  let failure = "";
  while (failure === "" && performance.now() < until)
    failure = await failureOf(String(randomInt(2 ** 40)));
  return failure;
}

describe("a simulated world with faults", () => {
  it(
    "R-404 R-405 R-406 R-417 R-427 R-701 R-702 R-704 R-707 R-713 R-714 keeps every promise, whatever the seed",
    { timeout: 600_000 },
    async () => {
      const failures =
        seedGiven === undefined
          ? await failuresWithin(secondsGiven * 1_000)
          : await failureOf(seedGiven);
      expect(failures).toBe("");
    },
  );

  // Seeds that once failed.
  it.each([
    "18",
    "22",
    "72",
    "103",
    "185",
    "1016240869775",
    "608948590851",
    "951437636925",
    "781559481782",
    "876904471908",
    "49",
    "120",
    "475",
    "2186",
    "2378",
    "2398",
    "910599",
    "911064",
    "911790",
  ])("keeps every promise with seed %s", async (seed) => {
    expect(await failureOf(seed)).toBe("");
  });
});
