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

const packageName = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;

/**
 * The packages that would bring what was looked for: none for a path, and none for what could be no package's name, since
 * a person may paste it into a shell.
 */
export function installableNames(candidates: readonly string[]): readonly string[] {
  return candidates.flatMap((specifier) => {
    const [scope = "", name = ""] = specifier.split("/");
    const whole = specifier.startsWith("@") ? `${scope}/${name}` : scope;
    return packageName.test(whole) ? [whole] : [];
  });
}
