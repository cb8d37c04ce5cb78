import { SignalboxError, type PluginKind } from "@signalbox/contracts";

/**
 * Where a name may be found, best first, as import specifiers. A path or a name with a slash is taken as written; a
 * short name is looked for under the project's scope, then under the prefix that everybody may publish.
 */
export function pluginCandidates(kind: PluginKind, name: string): readonly string[] {
  if (name.trim() === "" || name.includes("\0")) {
    throw new SignalboxError("plugin_invalid", `a ${kind} needs a name, and this one is blank`, {
      remedy: `Write the name of a ${kind}, of a package, or a path.`,
    });
  }
  if (name.includes("/") || name.startsWith(".")) return [name];
  return [`@signalbox/${kind}-${name}`, `signalbox-${kind}-${name}`];
}
