/** What `work` gives, or what `late` makes when it took longer than `limitMs`. The work itself cannot be stopped. */
export async function withinTime<T>(
  limitMs: number,
  work: Promise<T>,
  late: () => Error,
): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late()), limitMs);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
