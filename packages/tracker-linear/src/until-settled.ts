/** Resolves when the work has ended, however it did; rejects with the signal's reason as soon as that is aborted. */
export async function untilSettled(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  void Promise.allSettled([work]).then(() => resolve());
  try {
    await promise;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
