import { type BackendPlugin, definePlugin, nearestName } from "@signalbox/contracts";
import { namedFiles } from "@signalbox/process";
import { CommandBackend } from "./command-backend.ts";
import { loginPathsOf } from "./sandbox-needs.ts";
import { type CommandConfig, commandSchema, optionNames } from "./command-options.ts";

/** Makes `backend: command` work in a workflow file. */
export const commandPlugin: BackendPlugin<CommandConfig> = definePlugin({
  kind: "backend",
  name: "command",
  contractVersion: 1,
  configSchema: commandSchema,
  honoursContainment: true,
  program: ({ options: { program, env } }) => {
    if (typeof program === "string") return null;
    return { program: program[0], path: env?.["PATH"] ?? null, installation: null };
  },
  readablePaths: ({ options: { program } }) =>
    typeof program === "string" ? [] : namedFiles(program),
  loginPaths: ({ options }) => loginPathsOf(options.program),
  create({ options, unknownKeys }, context) {
    for (const key of unknownKeys) {
      const meant = nearestName(key, optionNames);
      const hint = meant === null ? "" : ` Did you mean ${meant}?`;
      context.logger.log(
        "warn",
        `backends.command.${key} is not an option of this backend.${hint}`,
      );
    }
    return new CommandBackend(options);
  },
});
