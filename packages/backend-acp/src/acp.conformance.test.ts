import { testBackend } from "@signalbox/conformance/vitest";
import { acpSubject } from "./__fixtures__/conformance-subject.ts";

testBackend(acpSubject, { concurrent: true });
