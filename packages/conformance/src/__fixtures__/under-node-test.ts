import { testBackend } from "../node-test.ts";
import { unsoundSubject } from "./unsound-subject.ts";

testBackend(unsoundSubject, { report: process.env["REPORT"] ?? "report.json" });
