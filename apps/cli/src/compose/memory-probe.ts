import { readFileSync } from "node:fs";
import { freemem } from "node:os";
import type { ResourceProbe } from "@signalbox/contracts";

/** Linux counts reclaimable caches as available; `freemem` elsewhere does not and would be far too low to act on. */
export const memoryProbe: ResourceProbe = {
  freeMemoryMb() {
    if (process.platform !== "linux") return Math.floor(freemem() / 2 ** 20);
    const match = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"));
    return match === null ? null : Math.floor(Number(match[1]) / 1024);
  },
};
