import { Argument, InvalidArgumentError, type Command } from "commander";
import { addVerb } from "./add-verb.ts";
import type { NewPluginKind } from "./plugin/plugin-manifest.ts";
import type { Surroundings } from "./surroundings.ts";

interface PluginNewFlags {
  readonly dir?: string;
  readonly json?: boolean;
}

/** Adds the verbs for people who write plugins. */
export function addPluginVerbs(program: Command, surroundings: Surroundings): void {
  const plugin = addVerb(program, "plugin", "write a plugin of your own");
  addVerb(plugin, "new", "make a package with a plugin that passes the conformance kit")
    .addArgument(new Argument("<kind>", "what it is").choices(["tracker", "backend"]))
    .argument("<name>", "what workflow files call it: letters, digits and hyphens", pluginName)
    .option("--dir <folder>", "where it goes (default: a folder with the name of the package)")
    .option("--json", "print the result as JSON")
    .action(async (kind: NewPluginKind, name: string, flags: PluginNewFlags) => {
      const { pluginNew } = await import("./verbs/plugin-new.ts");
      const { json = false, ...others } = flags;
      await pluginNew({ kind, name, json, ...others }, surroundings);
    });
}

function pluginName(text: string): string {
  if (/^[a-z][a-z0-9-]{0,63}$/.test(text)) return text;
  throw new InvalidArgumentError("It is lower-case letters, digits and hyphens, a letter first.");
}
