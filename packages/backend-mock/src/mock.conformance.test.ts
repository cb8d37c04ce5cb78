import { testBackend } from "@signalbox/conformance/vitest";
import { mockSubject } from "./__fixtures__/conformance-subject.ts";

testBackend(mockSubject);
