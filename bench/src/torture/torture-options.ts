import { parseArgs } from "node:util";
import { isPlantName, plantNames, type PlantName } from "./planted/plants.ts";

export interface TortureOptions {
  readonly minutes: number;
  /** Of what is done to whom, and when. */
  readonly seed: number;
  readonly delivery: "merge" | "branch";
  readonly runner: "process" | "inline";
  /** A bug to put in, for the audit to find. */
  readonly plant: PlantName | null;
  /** Leaves the folder behind for a look. */
  readonly keep: boolean;
  /** The bundled CLI instead of the source. */
  readonly bundle: boolean;
  /** Instead of all that: whether bugs that are put in are found. */
  readonly selfTest: boolean;
}

/** Throws where the command line makes no sense. */
export function parseTortureOptions(words: readonly string[]): TortureOptions {
  const { values } = parseArgs({
    args: [...words],
    options: {
      minutes: { type: "string", default: "2" },
      seed: { type: "string", default: String(Math.floor(Math.random() * 1e9)) },
      delivery: { type: "string", default: "merge" },
      runner: { type: "string", default: "process" },
      plant: { type: "string" },
      keep: { type: "boolean", default: false },
      bundle: { type: "boolean", default: false },
      "self-test": { type: "boolean", default: false },
    },
  });
  const { delivery, runner, plant, keep, bundle } = values;
  if (delivery !== "merge" && delivery !== "branch") throw new Error("--delivery merge | branch");
  if (runner !== "process" && runner !== "inline") throw new Error("--runner process | inline");
  if (plant !== undefined && !isPlantName(plant)) {
    throw new Error(`--plant ${plantNames().join(" | ")}`);
  }
  return {
    minutes: positive("minutes", values.minutes),
    seed: positive("seed", values.seed),
    delivery,
    runner,
    plant: plant ?? null,
    keep,
    bundle,
    selfTest: values["self-test"],
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new Error(`--${name} takes a number above 0`);
  return value;
}
