import { type BackendPlugin, definePlugin } from "@signalbox/contracts";
import { MockBackend } from "./mock-backend.ts";
import { type MockOptions, mockSchema } from "./mock-options.ts";

/** Makes `backend: mock` work in a workflow file. */
export const mockPlugin: BackendPlugin<MockOptions> = definePlugin({
  kind: "backend",
  name: "mock",
  contractVersion: 1,
  configSchema: mockSchema,
  // It starts no programs.
  honoursContainment: true,
  create: (options) => new MockBackend(options),
});
