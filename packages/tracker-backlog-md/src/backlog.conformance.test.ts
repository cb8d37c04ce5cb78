import { testTracker } from "@signalbox/conformance/vitest";
import { backlogBed } from "./__fixtures__/backlog-bed.ts";

testTracker(backlogBed);
