import { setImmediate } from "node:timers/promises";
import type { Clock } from "@signalbox/contracts";

export const realClock: Clock = {
  now: () => Date.now(),
  setTimer(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
  yield: () => setImmediate(),
};
