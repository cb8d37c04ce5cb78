import { setImmediate } from "node:timers/promises";
import type { Clock } from "@signalbox/contracts";

/** The machine's clock. Its timers keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  yield: () => setImmediate(),
};
