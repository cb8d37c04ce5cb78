import { testTracker } from "@signalbox/conformance/node-test";
import { testBed } from "./test-bed.js";

testTracker(testBed, { report: "conformance.json" });
