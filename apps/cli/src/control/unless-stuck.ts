import { SignalboxError } from "@signalbox/contracts";
import type { Operable } from "./operable.ts";

const lookMs = 500;
/** How long a journal may be unwritable before whoever waits for a decision hears of it. */
const patienceMs = 3_000;

/**
 * What `decision` comes to; rejects with the journal's own error where that cannot be written for 3 s. The decision is
 * not taken back: it falls as soon as the journal can be written.
 */
export async function unlessStuck<Value>(
  orchestrator: Pick<Operable, "journalTrouble">,
  decision: Promise<Value>,
): Promise<Value> {
  const { promise: stuck, reject } = Promise.withResolvers<never>();
  let stuckMs = 0;
  const timer = setInterval(() => {
    const trouble = orchestrator.journalTrouble;
    stuckMs = trouble === null ? 0 : stuckMs + lookMs;
    if (trouble === null || stuckMs < patienceMs) return;
    const { code, message, remedy } = trouble;
    reject(
      new SignalboxError(code, `the order waits, for it cannot be written down: ${message}`, {
        retryable: true,
        remedy: `${remedy ?? "Make the journal writable."} The order is carried out then; until then, signals end the daemon.`,
      }),
    );
  }, lookMs);
  try {
    return await Promise.race([decision, stuck]);
  } finally {
    clearInterval(timer);
  }
}
