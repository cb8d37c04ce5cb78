import { testBackend } from "@signalbox/conformance/node-test";
import { subject } from "./subject.js";

testBackend(subject, { report: "conformance.json" });
