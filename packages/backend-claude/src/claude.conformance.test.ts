import { testBackend } from "@signalbox/conformance/vitest";
import { startModelServer } from "@signalbox/model-server";
import { afterAll } from "vitest";
import { claudeSubject } from "./__fixtures__/conformance-subject.ts";

const server = await startModelServer();
afterAll(() => server.close());

testBackend(claudeSubject(server));
