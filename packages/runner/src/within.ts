import type { Clock } from "@signalbox/contracts";

/** The result of `work`, or `too-late` where it takes longer than `limitMs`. What it does after that is ignored. */
export async function within<Result>(
  clock: Clock,
  limitMs: number,
  work: () => Promise<Result>,
): Promise<Result | "too-late"> {
  const { promise: late, resolve } = Promise.withResolvers<"too-late">();
  const timer = clock.setTimer(limitMs, () => resolve("too-late"));
  try {
    return await Promise.race([work(), late]);
  } finally {
    timer[Symbol.dispose]();
  }
}
