import { type BackendPlugin, definePlugin, nearestName } from "@signalbox/contracts";
import { ClaudeCodeBackend } from "./claude-code-backend.ts";
import { type ClaudeCodeConfig, claudeCodeSchema, optionNames } from "./claude-code-schema.ts";
import { modelEndpoints } from "./model-endpoints.ts";
import { installation } from "./start-failure.ts";

/** Makes `backend: claude-code` work in a workflow file. */
export const claudeCodePlugin: BackendPlugin<ClaudeCodeConfig> = definePlugin({
  kind: "backend",
  name: "claude-code",
  contractVersion: 1,
  configSchema: claudeCodeSchema,
  honoursContainment: true,
  loginPaths: [".claude", ".claude.json"],
  program: ({ options: { program = "claude", env } }) => {
    return { program, path: env?.["PATH"] ?? null, installation };
  },
  modelEndpoints: ({ options }) => modelEndpoints(options, process.env),
  create({ options, unknownKeys }, context) {
    for (const key of unknownKeys) {
      const meant = nearestName(key, optionNames);
      const hint = meant === null ? "" : ` Did you mean ${meant}?`;
      context.logger.log(
        "warn",
        `backends.claude-code.${key} is not an option of this backend.${hint}`,
      );
    }
    return new ClaudeCodeBackend(options);
  },
});
