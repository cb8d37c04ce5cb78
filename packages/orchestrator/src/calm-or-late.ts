import type { Clock } from "@signalbox/contracts";
import type { RunSupervisor } from "./run-supervisor.ts";

const calmLimitMs = 5_000;

export interface CalmOrder {
  readonly clock: Clock;
  readonly supervisor: Pick<RunSupervisor, "calm">;
  /** Default 5 s. */
  readonly limitMs?: number;
}

/** Resolves when no run is being prepared, at the latest when the limit is over: a free slot goes before what can wait. */
export async function calmOrLate({
  clock,
  supervisor,
  limitMs = calmLimitMs,
}: CalmOrder): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = clock.setTimer(limitMs, late.resolve);
  await Promise.race([supervisor.calm(), late.promise]);
  timer[Symbol.dispose]();
}
