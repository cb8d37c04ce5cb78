import { testBackend } from "@signalbox/conformance/vitest";
import { commandSubject } from "./__fixtures__/conformance-subject.ts";

testBackend(commandSubject, { concurrent: true });
