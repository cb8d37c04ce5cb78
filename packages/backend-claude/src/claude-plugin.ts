import { resolve } from "node:path";
import { type BackendPlugin, definePlugin, nearestName } from "@signalbox/contracts";
import { ClaudeBackend } from "./claude-backend.ts";
import { type ClaudeConfig, claudeSchema, optionNames } from "./claude-schema.ts";

/** Makes `backend: claude` work in a workflow file. */
export const claudePlugin: BackendPlugin<ClaudeConfig> = definePlugin({
  kind: "backend",
  name: "claude",
  contractVersion: 1,
  configSchema: claudeSchema,
  // It is this process that asks the model; what runs inside has no need to.
  modelEndpoints: () => [],
  honoursContainment: true,
  create({ options, unknownKeys }, context) {
    for (const key of unknownKeys) {
      const meant = nearestName(key, optionNames);
      const hint = meant === null ? "" : ` Did you mean ${meant}?`;
      context.logger.log("warn", `backends.claude.${key} is not an option of this backend.${hint}`);
    }
    const { sessionFolder } = options;
    const folder =
      sessionFolder === undefined ? {} : { sessionFolder: resolve(context.folder, sessionFolder) };
    return new ClaudeBackend({ ...options, ...folder }, { fetch: context.fetch, now: context.now });
  },
});
