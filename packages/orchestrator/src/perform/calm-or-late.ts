import type { PerformContext } from "./perform-context.ts";

const calmLimitMs = 5_000;

/** Resolves when no run is being prepared, after 5 s at the latest: a free slot goes before what can wait. */
export async function calmOrLate({ clock, supervisor }: PerformContext): Promise<void> {
  const late = Promise.withResolvers<void>();
  const timer = clock.setTimer(calmLimitMs, late.resolve);
  await Promise.race([supervisor.calm(), late.promise]);
  timer[Symbol.dispose]();
}
