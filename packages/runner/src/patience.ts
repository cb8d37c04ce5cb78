import { SignalboxError, type Clock } from "@signalbox/contracts";

export interface PatienceOrder {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** From the abort on. */
  readonly patienceMs: number;
  /** Who is waited for, as the subject of a sentence. */
  readonly who: string;
}

/**
 * The result of `work`. Once `signal` is aborted, it has `patienceMs` left to settle; after that this rejects with
 * `unresponsive`, so that nobody who ignores an abort can keep a run from ending.
 */
export async function withPatience<Result>(
  order: PatienceOrder,
  work: () => Promise<Result>,
): Promise<Result> {
  const { clock, signal, patienceMs, who } = order;
  const { promise: late, reject } = Promise.withResolvers<never>();
  let timer: Disposable | null = null;
  const giveUp = (): void =>
    reject(new SignalboxError("unresponsive", `${who} did not end within ${patienceMs} ms.`));
  const onAbort = (): void => {
    if (patienceMs === 0) giveUp();
    else timer = clock.setTimer(patienceMs, giveUp);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work(), late]);
  } finally {
    signal.removeEventListener("abort", onAbort);
    disposeOf(timer);
  }
}

function disposeOf(timer: Disposable | null): void {
  timer?.[Symbol.dispose]();
}
