import {
  SignalboxError,
  type JsonValue,
  type Plugin,
  type PluginContext,
  type PluginKind,
} from "@signalbox/contracts";
import { checkPluginOptions } from "./check-plugin-options.ts";
import { redact } from "./redaction.ts";
import { resolveVariables } from "./resolve-variables.ts";
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
  const options = await checkedOptions(plugin, rawOptions, context, environment);
  const { secrets } = resolveVariables(rawOptions, environment);
  const port = await created(plugin, options, context, secrets);
  if (isPort<Kind>(port, plugin.kind)) return port;
  throw new SignalboxError(
    "plugin_invalid",
    `what the ${plugin.kind} \`${plugin.name}\` created has no ${lackingMethods(port, plugin.kind).join(", ")}`,
    { remedy: "Mend the plugin: its contract is in @signalbox/contracts." },
  );
}

async function checkedOptions(
  plugin: Plugin,
  rawOptions: JsonValue,
  context: PluginContext,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<unknown> {
  const check = await checkPluginOptions(plugin, rawOptions, environment);
  if (check.kind === "valid") return check.options;
  const start = optionsKey[plugin.kind](plugin.name);
  const found = check.problems.map(
    ({ key, message }) => `${[start, ...key].join(".")}: ${message}`,
  );
  const unset = check.problems.flatMap(({ key, unsetVariable }) =>
    unsetVariable === null ? [] : [`$${unsetVariable} (for ${[start, ...key].join(".")})`],
  );
  throw new SignalboxError(
    "plugin_options",
    `the options of the ${plugin.kind} \`${plugin.name}\` are not right: ${found.join("; ")}`,
    {
      remedy:
        unset.length > 0
          ? `Set ${unset.join(", ")}: unset or empty counts as missing.`
          : `Correct ${start} in the workflow file in ${context.folder}.`,
    },
  );
}

async function created(
  plugin: Plugin,
  options: unknown,
  context: PluginContext,
  secrets: readonly string[],
): Promise<unknown> {
  try {
    return await withinTime(
      createLimitMs,
      (async () => plugin.create(options, context))(),
      () => new Error(`it was not ready within ${createLimitMs / 1_000} s`),
    );
  } catch (error) {
    if (SignalboxError.isInstance(error)) throw error;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const isClean = redact(detail, secrets) === detail;
    const message = error instanceof Error ? error.message : detail;
    throw new SignalboxError(
      "plugin_load_failed",
      `the ${plugin.kind} \`${plugin.name}\` could not be created: ${redact(message, secrets)}`,
      isClean ? { cause: error } : {},
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
