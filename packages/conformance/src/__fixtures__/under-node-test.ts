import { testBackend, testTracker } from "../node-test.ts";
import { unsoundBed } from "./unsound-bed.ts";
import { unsoundSubject } from "./unsound-subject.ts";

testBackend(unsoundSubject, { report: process.env["REPORT"] ?? "report.json" });
testTracker(unsoundBed, { report: process.env["TRACKER_REPORT"] ?? "tracker-report.json" });
