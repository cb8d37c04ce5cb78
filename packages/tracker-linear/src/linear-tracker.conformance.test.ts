import { testTracker } from "@signalbox/conformance/vitest";
import { linearTestBed } from "./__fixtures__/linear-test-bed.ts";

testTracker(linearTestBed("tracker-linear with an API key", "person"));
testTracker(linearTestBed("tracker-linear with agent sessions", "app"));
