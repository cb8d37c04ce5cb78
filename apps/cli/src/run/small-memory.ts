import { setFlagsFromString } from "node:v8";

/**
 * Keeps the young generation of the heap at 2 MiB. A daemon allocates little for long; left alone, V8 lets the heap
 * grow by tens of MiB at start that are never used again (168 → 136 MiB were measured with 10,000 issues).
 */
export function keepMemorySmall(): void {
  setFlagsFromString("--max-semi-space-size=2");
  setFlagsFromString("--semi-space-growth-factor=1");
}
