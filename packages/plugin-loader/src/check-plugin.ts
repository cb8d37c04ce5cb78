import {
  contractVersion,
  SignalboxError,
  type Plugin,
  type PluginKind,
} from "@signalbox/contracts";

/** The plugin that a module default-exports, once it is certain that it is one. */
export function checkPlugin<Kind extends PluginKind>(
  loaded: unknown,
  kind: Kind,
  name: string,
  where: string,
): Extract<Plugin, { kind: Kind }> {
  const called = `the ${kind} \`${name}\` (${where})`;
  const plugin = isRecord(loaded) ? loaded["default"] : undefined;
  if (!isRecord(plugin)) {
    throw new SignalboxError("plugin_invalid", `${called} has no default export that is a plugin`, {
      remedy: "Its module must `export default definePlugin({ … })`.",
    });
  }
  if (plugin["kind"] !== kind) {
    throw new SignalboxError("plugin_kind", `${called} is a ${String(plugin["kind"])}`, {
      remedy: `Name a plugin whose kind is \`${kind}\`.`,
    });
  }
  if (plugin["contractVersion"] !== contractVersion) {
    throw new SignalboxError(
      "plugin_contract_version",
      `${called} is for version ${String(plugin["contractVersion"])} of the contracts; this host has version ${contractVersion}`,
      { remedy: "Install versions of plugin and host that share one." },
    );
  }
  if (!hasShape(plugin, kind)) {
    throw new SignalboxError(
      "plugin_invalid",
      `${called} lacks a part: name, configSchema, create${kind === "tracker" ? ", defaults" : ""}`,
      { remedy: "Define it with `definePlugin` of @signalbox/contracts, which checks the shape." },
    );
  }
  return plugin;
}

function hasShape<Kind extends PluginKind>(
  plugin: Readonly<Record<string, unknown>>,
  kind: Kind,
): plugin is Readonly<Record<string, unknown>> & Extract<Plugin, { kind: Kind }> {
  const schema = plugin["configSchema"];
  const standard = isRecord(schema) ? schema["~standard"] : undefined;
  return (
    typeof plugin["name"] === "string" &&
    typeof plugin["create"] === "function" &&
    isRecord(standard) &&
    typeof standard["validate"] === "function" &&
    (kind !== "tracker" || isRecord(plugin["defaults"]))
  );
}

/** Schemas and plugins may be functions with properties. */
function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return (typeof value === "object" || typeof value === "function") && value !== null;
}
