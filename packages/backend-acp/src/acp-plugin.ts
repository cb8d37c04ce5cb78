import { type BackendPlugin, definePlugin, nearestName } from "@signalbox/contracts";
import { namedFiles } from "@signalbox/process";
import { AcpBackend } from "./acp-backend.ts";
import type { AcpOptions } from "./acp-options.ts";
import { type AcpConfig, acpSchema, optionNames } from "./acp-schema.ts";
import { agentPresets } from "./agent-presets.ts";

/** Makes `backend: acp` work in a workflow file. */
export const acpPlugin: BackendPlugin<AcpConfig> = definePlugin({
  kind: "backend",
  name: "acp",
  contractVersion: 1,
  configSchema: acpSchema,
  honoursContainment: true,
  loginPaths: ({ options }) => presetOf(options)?.loginPaths ?? [],
  program: ({ options: { agent, program, env } }) => {
    const preset = agent === undefined ? null : agentPresets[agent];
    const [name] = program ?? preset?.program ?? [];
    if (name === undefined) return null;
    const path = env?.["PATH"] ?? null;
    return { program: name, path, installation: preset?.installation ?? null };
  },
  readablePaths: ({ options }) => namedFiles(options.program ?? []),
  modelEndpoints: ({ options }) => endpointsOf(options),
  create({ options, unknownKeys }, context) {
    for (const key of unknownKeys) {
      const meant = nearestName(key, optionNames);
      const hint = meant === null ? "" : ` Did you mean ${meant}?`;
      context.logger.log("warn", `backends.acp.${key} is not an option of this backend.${hint}`);
    }
    return new AcpBackend(options);
  },
});

function presetOf({ agent }: AcpOptions) {
  return agent === undefined ? null : agentPresets[agent];
}

/** Where a variable says that the model is, else where the agent looks for it by itself. */
function endpointsOf(options: AcpOptions): readonly string[] {
  const preset = presetOf(options);
  if (preset === null) return [];
  const said = preset.endpointVariables
    .map((name) => options.env?.[name] ?? process.env[name] ?? "")
    .filter((url) => url !== "");
  return said.length > 0 ? said : preset.endpoints;
}
