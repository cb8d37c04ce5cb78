import { type BackendPlugin, definePlugin, nearestName } from "@signalbox/contracts";
import { CodexBackend } from "./codex-backend.ts";
import { type CodexConfig, codexSchema, optionNames } from "./codex-schema.ts";
import { modelEndpoints } from "./model-endpoints.ts";
import { installation } from "./start-failure.ts";

/** What existing workflow files say to Codex, and Signalbox has for all agents. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["turn_timeout_ms", "agent.turn_timeout_ms"],
  ["stall_timeout_ms", "agent.stall_timeout_ms"],
  ["read_timeout_ms", "agent.startup_timeout_ms"],
]);

/** Makes `backend: codex` work in a workflow file. */
export const codexPlugin: BackendPlugin<CodexConfig> = definePlugin({
  kind: "backend",
  name: "codex",
  contractVersion: 1,
  configSchema: codexSchema,
  honoursContainment: true,
  // Not the whole folder: from its configuration, Codex starts programs, also where there is no sandbox any more.
  loginPaths: [".codex/auth.json"],
  program: ({ options: { program = "codex", command, env } }) => {
    const isLine = (command ?? null) !== null;
    return isLine ? null : { program, path: env?.["PATH"] ?? null, installation };
  },
  modelEndpoints: ({ options }) => modelEndpoints(options),
  create({ options, unknownKeys }, context) {
    for (const key of unknownKeys) {
      context.logger.log("warn", `backends.codex.${key} ${hintFor(key)}`);
    }
    return new CodexBackend(options);
  },
});

function hintFor(key: string): string {
  const place = elsewhere.get(key);
  if (place !== undefined) return `has no effect: write ${place}.`;
  const meant = nearestName(key, optionNames);
  return `is not an option of this backend.${meant === null ? "" : ` Did you mean ${meant}?`}`;
}
