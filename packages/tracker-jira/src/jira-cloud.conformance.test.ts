import { testTracker } from "@signalbox/conformance/vitest";
import { jiraTestBed } from "./__fixtures__/jira-test-bed.ts";

testTracker(jiraTestBed("tracker-jira, Cloud", "cloud"), { concurrent: true });
