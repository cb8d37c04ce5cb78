import { testTracker } from "@signalbox/conformance/vitest";
import { gitlabTestBed } from "./__fixtures__/gitlab-test-bed.ts";

testTracker(gitlabTestBed("tracker-gitlab"));
testTracker(gitlabTestBed("tracker-gitlab, Premium", "premium"));
