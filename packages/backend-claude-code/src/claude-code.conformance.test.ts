import { testBackend } from "@signalbox/conformance/vitest";
import { claudeCodeSubject } from "./__fixtures__/conformance-subject.ts";

testBackend(claudeCodeSubject, { concurrent: true });
