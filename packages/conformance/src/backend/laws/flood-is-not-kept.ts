import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { collectGarbage } from "../collect-garbage.ts";
import { Trial } from "../trial.ts";

const mebibyte = 1 << 20;
/** What is on its way, and what the host itself uses meanwhile, is no more than this; a flood that is kept is 32 MiB. */
const maxGrowthMebibytes = 26;
const sampleMs = 500;

export const floodIsNotKept: BackendLaw = backendLaw({
  id: "flood-is-not-kept",
  title: "a flood of output does not grow the memory of its host",
  requirement: "R-522",
  isAlone: true,
  plays: ["flood"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("flood");
    const before = usedMebibytes();
    let most = before;
    const sample = (): void => {
      most = Math.max(most, usedMebibytes());
    };
    const sampling = setInterval(sample, sampleMs);
    try {
      await session.runTurn();
      sample();
    } finally {
      clearInterval(sampling);
    }
    const growth = Math.round(most - before);
    demand(growth <= maxGrowthMebibytes, `32 MiB of output kept ${growth} MiB of memory occupied.`);
  },
});

function usedMebibytes(): number {
  collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / mebibyte;
}
