import type { Faults } from "./faults.ts";
import type { Random } from "./random.ts";
import type { AgentModel } from "./simulation-options.ts";

/** What the agent of one run is going to do. */
export interface AgentScript {
  readonly prepareMs: number;
  readonly startMs: number;
  /** Of each turn; the last one is the one in which `ending` shows. */
  readonly turnMs: readonly number[];
  readonly tokensPerTurn: number;
  readonly ending: AgentEnding;
  /** How long it goes on after it was told to stop, until it is killed at the end of the grace. */
  readonly lingerMs: number;
}

type AgentEnding =
  /** Commits its work and says so. */
  | "works"
  /** Fails, and may be tried again. */
  | "fails"
  | "refuses"
  | "cannot start"
  /** Never says anything again. */
  | "hangs"
  /** Says that it has succeeded, with nothing to show. */
  | "lies"
  /** Leaves its work uncommitted. */
  | "forgets to commit"
  | "asks"
  | "meets a quota"
  /** Its runner dies, and the agent with it. */
  | "dies"
  /** Its runner dies, and the agent goes on. */
  | "outlives its runner";

const troubles = [
  "fails",
  "refuses",
  "cannot start",
  "hangs",
  "lies",
  "forgets to commit",
  "asks",
  "meets a quota",
  "dies",
  "outlives its runner",
] as const;

export function writeAgentScript(random: Random, faults: Faults, model: AgentModel): AgentScript {
  const ending = endingOf(random, faults, model);
  const turns = random.between(1, Math.max(1, model.turns));
  const isStubborn = faults.strikes("agents");
  return {
    prepareMs: random.between(200, 8_000),
    startMs: random.between(500, 5_000),
    turnMs: Array.from({ length: turns }, () => turnMs(random, model.turnMinutes * 60_000)),
    tokensPerTurn: random.between(1, model.tokensPerTurn),
    ending,
    lingerMs: isStubborn ? Number.POSITIVE_INFINITY : random.between(10, 2_000),
  };
}

function endingOf(random: Random, faults: Faults, model: AgentModel): AgentEnding {
  if (faults.strikes("agents")) {
    const trouble = random.pick(troubles);
    faults.count(`agent ${trouble}`);
    return trouble;
  }
  return random.chance(model.failures) ? "fails" : "works";
}

/** Log-normal: half of all turns are shorter than the median, one in twenty is over three times as long. */
function turnMs(random: Random, medianMs: number): number {
  const sum = Array.from({ length: 6 }, () => random.fraction()).reduce((a, b) => a + b, 0);
  const normal = (sum - 3) / Math.SQRT1_2;
  return Math.max(1_000, Math.round(medianMs * Math.exp(0.7 * normal)));
}
