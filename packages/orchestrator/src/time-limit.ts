import { SignalboxError, type Clock } from "@signalbox/contracts";

/**
 * Runs `work` with a signal that is aborted after `limitMs` or with `parent`, and stops waiting for it then, also
 * when the work ignores its signal: a plugin that hangs holds up nobody.
 */
export async function withTimeLimit<T>(
  clock: Clock,
  limitMs: number,
  doing: string,
  parent: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  parent.throwIfAborted();
  const controller = new AbortController();
  const given = Promise.withResolvers<never>();
  const abort = (reason: unknown): void => {
    controller.abort(reason);
    given.reject(reason);
  };
  const onParent = (): void => abort(parent.reason);
  parent.addEventListener("abort", onParent, { once: true });
  const timer = clock.setTimer(limitMs, () =>
    abort(
      new SignalboxError("timed_out", `${doing} took longer than ${limitMs} ms`, {
        retryable: true,
      }),
    ),
  );
  try {
    return await Promise.race([work(controller.signal), given.promise]);
  } finally {
    timer[Symbol.dispose]();
    parent.removeEventListener("abort", onParent);
  }
}
