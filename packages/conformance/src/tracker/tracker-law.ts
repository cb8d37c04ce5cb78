import type { Law } from "../law.ts";
import type { OptionalWorldAbility, TrackerTestBed } from "./tracker-test-bed.ts";
import { type OptionalMethod, TrackerTrial } from "./tracker-trial.ts";

export type TrackerLaw = Law<TrackerTestBed>;

export interface TrackerLawOrder {
  readonly id: string;
  readonly title: string;
  readonly requirement: string;
  /** Methods of the adapter that the law is about: it does not apply to one that lacks them. */
  readonly methods?: readonly OptionalMethod[];
  /** What the world must be able to do. */
  readonly world?: readonly OptionalWorldAbility[];
  /** It plays with the transport. */
  readonly overTransport?: true;
  /** Further reasons for which it does not apply. */
  readonly exempts?: (bed: TrackerTestBed) => string | null;
  readonly run: (trial: TrackerTrial) => Promise<void>;
}

export function trackerLaw(order: TrackerLawOrder): TrackerLaw {
  const { id, title, requirement, methods = [], world = [], overTransport, run } = order;
  return {
    id,
    title,
    requirement,
    exempts: (bed) =>
      (overTransport === true && typeof bed.transport === "string" ? bed.transport : null) ??
      world.map((ability) => bed.lacks?.[ability]).find((reason) => reason !== undefined) ??
      order.exempts?.(bed) ??
      null,
    async run(bed) {
      await using trial = await TrackerTrial.open(bed);
      for (const name of methods) trial.trackerWith(name);
      for (const name of world) trial.worldWith(name);
      if (overTransport === true) await demandTransport(trial);
      await run(trial);
    },
  };
}

/** A test bed whose adapter goes another way would pass for nothing. */
async function demandTransport(trial: TrackerTrial): Promise<void> {
  await trial.list();
  if (trial.transport.requests.length > 0) return;
  throw new TypeError(
    "No request went through the transport: give the adapter `context.fetch`, or a URL of `transport.proxy`, or say in `transport` of the test bed why it sends none",
  );
}
