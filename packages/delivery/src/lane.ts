/** What is under way, by lane. Of the process, because a host may make a `GitDelivery` for each order. */
const lanes = new Map<string, Promise<void>>();

/** Runs `work` after everything that entered the lane before. Rejects with the signal's reason while it waits. */
export async function inLane<T>(
  lane: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  const { promise: left, resolve: leave } = Promise.withResolvers<void>();
  const before = lanes.get(lane) ?? Promise.resolve();
  const after = before.then(() => left);
  lanes.set(lane, after);
  void forget(lane, after);
  try {
    await untilAborted(before, signal);
    return await work();
  } finally {
    leave();
  }
}

async function untilAborted(turn: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([turn, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

async function forget(lane: string, after: Promise<void>): Promise<void> {
  await after;
  if (lanes.get(lane) === after) lanes.delete(lane);
}
