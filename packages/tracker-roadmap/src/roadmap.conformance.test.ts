import { testTracker } from "@signalbox/conformance/vitest";
import { roadmapBed } from "./__fixtures__/roadmap-bed.ts";

testTracker(roadmapBed);
