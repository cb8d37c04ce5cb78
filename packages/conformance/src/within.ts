import { LawBroken } from "./law-broken.ts";

/** Settles as the promise does; rejects with `LawBroken` where that takes longer than it may. `what` completes "… did not end". */
export async function within<Result>(
  limitMs: number,
  what: string,
  promise: Promise<Result>,
): Promise<Result> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new LawBroken(`${what} did not end within ${limitMs} ms.`)),
    limitMs,
  );
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
