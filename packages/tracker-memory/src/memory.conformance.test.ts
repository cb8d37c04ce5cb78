import { testTracker } from "@signalbox/conformance/vitest";
import { memoryBed } from "./__fixtures__/memory-bed.ts";

testTracker(memoryBed);
