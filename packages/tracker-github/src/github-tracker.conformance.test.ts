import { testTracker } from "@signalbox/conformance/vitest";
import { githubTestBed } from "./__fixtures__/github-test-bed.ts";

testTracker(githubTestBed("tracker-github"));
