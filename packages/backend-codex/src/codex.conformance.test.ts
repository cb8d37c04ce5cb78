import { testBackend } from "@signalbox/conformance/vitest";
import { codexSubject } from "./__fixtures__/conformance-subject.ts";

testBackend(codexSubject, { concurrent: true });
