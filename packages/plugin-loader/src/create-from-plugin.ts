import {
  SignalboxError,
  type JsonValue,
  type Plugin,
  type PluginContext,
  type PluginKind,
  type StandardSchemaIssue,
} from "@signalbox/contracts";
import { resolveVariables, type ResolvedOptions } from "./resolve-variables.ts";
import { withinTime } from "./within-time.ts";

/** The port that a plugin of this kind makes. */
export type PortOf<Kind extends PluginKind> = Awaited<
  ReturnType<Extract<Plugin, { kind: Kind }>["create"]>
>;

const createLimitMs = 30_000;

const requiredMethods: Readonly<Record<PluginKind, readonly string[]>> = {
  tracker: ["fetchIssuesByStates", "fetchIssuesByIds"],
  backend: ["startSession"],
  workspace: ["prepare", "fingerprint", "remove"],
  delivery: ["deliver"],
  journal: ["acquire", "append", "read", "saveSnapshot", "loadSnapshot", "owner", "close"],
};

const optionsKey: Readonly<Record<PluginKind, (name: string) => string>> = {
  tracker: () => "tracker.provider",
  backend: (name) => `backends.${name}`,
  workspace: () => "workspace",
  delivery: () => "delivery",
  journal: () => "journal",
};

/**
 * Resolves whole-value `$VAR`s from `environment`, checks the options by the plugin's own schema, and makes the port.
 * Rejects with `plugin_options`, naming the keys and never a value, or with `plugin_invalid` where what `create` gave
 * is no such port.
 */
export async function createFromPlugin<Kind extends PluginKind>(
  plugin: Extract<Plugin, { kind: Kind }> & Plugin,
  rawOptions: JsonValue,
  context: PluginContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<PortOf<Kind>> {
  const resolved = resolveVariables(rawOptions, environment);
  const options = await checkedOptions(plugin, resolved);
  const port = await created(plugin, options, context);
  if (isPort<Kind>(port, plugin.kind)) return port;
  throw new SignalboxError(
    "plugin_invalid",
    `what the ${plugin.kind} \`${plugin.name}\` created has no ${lackingMethods(port, plugin.kind).join(", ")}`,
    { remedy: "Mend the plugin: its contract is in @signalbox/contracts." },
  );
}

async function checkedOptions(plugin: Plugin, resolved: ResolvedOptions): Promise<unknown> {
  const result = await plugin.configSchema["~standard"].validate(resolved.options);
  if (result.issues === undefined) return result.value;
  const key = optionsKey[plugin.kind](plugin.name);
  const found = result.issues.map((issue) => `${keyPath(key, issue)}: ${issue.message}`);
  const unset = resolved.missing.map((at) => `$${at.variable} (for ${key}.${at.key})`);
  throw new SignalboxError(
    "plugin_options",
    `the options of the ${plugin.kind} \`${plugin.name}\` are not right: ${found.join("; ")}`,
    {
      remedy:
        unset.length > 0
          ? `Set ${unset.join(", ")}: unset or empty counts as missing.`
          : `Correct ${key} in the workflow file.`,
    },
  );
}

function keyPath(start: string, issue: StandardSchemaIssue): string {
  const steps = (issue.path ?? []).map((step) =>
    String(typeof step === "object" ? step.key : step),
  );
  return [start, ...steps].join(".");
}

async function created(plugin: Plugin, options: unknown, context: PluginContext): Promise<unknown> {
  try {
    return await withinTime(
      createLimitMs,
      Promise.resolve(plugin.create(options, context)),
      () => new Error(`it was not ready within ${createLimitMs / 1_000} s`),
    );
  } catch (error) {
    if (SignalboxError.isInstance(error)) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    throw new SignalboxError(
      "plugin_load_failed",
      `the ${plugin.kind} \`${plugin.name}\` could not be created: ${detail}`,
      { cause: error },
    );
  }
}

function isPort<Kind extends PluginKind>(port: unknown, kind: PluginKind): port is PortOf<Kind> {
  return lackingMethods(port, kind).length === 0;
}

function lackingMethods(port: unknown, kind: PluginKind): readonly string[] {
  return requiredMethods[kind].filter(
    (method) =>
      typeof port !== "object" || port === null || typeof Reflect.get(port, method) !== "function",
  );
}
