import { setTimeout as delay } from "node:timers/promises";

/** Asks again and again until something holds; throws after `limitMs`. */
export async function until(holds: () => boolean, limitMs = 10_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`It has not come to hold within ${limitMs} ms`);
    await delay(10);
  }
}
