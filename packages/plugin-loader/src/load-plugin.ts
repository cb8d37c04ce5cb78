import { nearestName, SignalboxError, type Plugin, type PluginKind } from "@signalbox/contracts";
import { checkPlugin } from "./check-plugin.ts";
import { installableNames, pluginCandidates } from "./plugin-candidates.ts";
import { resolveModule } from "./resolve-module.ts";
import { withinTime } from "./within-time.ts";

export interface PluginOrder<Kind extends PluginKind> {
  readonly kind: Kind;
  /** As the workflow file has it: a short name, a package name, or a path. */
  readonly name: string;
  /** Where to look, in this order: first of all the workflow file's folder. */
  readonly resolveFrom: readonly URL[];
  /** Adapters that come with the host, by `<kind>-<name>`, tried last. */
  readonly builtIns: Readonly<Record<string, () => Promise<unknown>>>;
  /** How long a module may take to load. Default 10 s. */
  readonly importTimeoutMs?: number;
}

const defaultImportTimeoutMs = 10_000;

/**
 * Finds a plugin by name and checks that it is one: kind, contract version, shape. Nothing is ever installed. Rejects
 * with a `PluginErrorCode`.
 */
export async function loadPlugin<Kind extends PluginKind>(
  order: PluginOrder<Kind>,
): Promise<Extract<Plugin, { kind: Kind }>> {
  const { kind, name } = order;
  const found = findModule(order);
  if (found === null) throw notFound(order);
  const loaded = await importModule(found, order);
  try {
    return checkPlugin(loaded, kind, name, found.where);
  } catch (error) {
    if (SignalboxError.isInstance(error)) throw error;
    // A getter of the plugin threw.
    throw loadFailed(error, found.where, order);
  }
}

interface FoundModule {
  readonly where: string;
  readonly load: () => Promise<unknown>;
}

function findModule<Kind extends PluginKind>(order: PluginOrder<Kind>): FoundModule | null {
  for (const specifier of pluginCandidates(order.kind, order.name)) {
    for (const from of order.resolveFrom) {
      const url = resolveModule(specifier, from);
      if (url !== null) return { where: url.href, load: () => import(url.href) };
    }
  }
  const key = `${order.kind}-${order.name}`;
  const builtIn = Object.hasOwn(order.builtIns, key) ? order.builtIns[key] : undefined;
  return builtIn === undefined ? null : { where: `built-in ${key}`, load: builtIn };
}

async function importModule(
  { where, load }: FoundModule,
  { kind, name, importTimeoutMs = defaultImportTimeoutMs }: PluginOrder<PluginKind>,
): Promise<unknown> {
  try {
    return await withinTime(
      importTimeoutMs,
      load(),
      () => new Error(`it did not finish loading within ${importTimeoutMs / 1_000} s`),
    );
  } catch (error) {
    throw loadFailed(error, where, { kind, name });
  }
}

function loadFailed(
  error: unknown,
  where: string,
  { kind, name }: { readonly kind: PluginKind; readonly name: string },
): SignalboxError {
  const detail = error instanceof Error ? error.message : String(error);
  return new SignalboxError(
    "plugin_load_failed",
    `the ${kind} \`${name}\` (${where}) cannot be loaded: ${detail}`,
    { remedy: "Mend the plugin, or install a version of it that loads.", cause: error },
  );
}

function notFound<Kind extends PluginKind>({
  kind,
  name,
  builtIns,
}: PluginOrder<Kind>): SignalboxError {
  const names = Object.keys(builtIns)
    .filter((key) => key.startsWith(`${kind}-`))
    .map((key) => key.slice(kind.length + 1));
  const candidates = pluginCandidates(kind, name);
  const message = `there is no ${kind} \`${name}\`: looked for ${candidates.join(" and ")}, and the built-in ones are ${names.join(", ") || "none"}`;
  const nearest = nearestName(name, names);
  const hint = nearest === null ? "" : `Did you mean \`${nearest}\`? Otherwise: `;
  const isPath = /^(?:\.|\/|~\/|file:)/.test(name);
  const remedy = isPath
    ? "Correct the path; it starts at the workflow file's folder."
    : `${hint}${installation(candidates)}`;
  return new SignalboxError("plugin_not_found", message, { remedy });
}

/** A name without a slash stands for packages of two names; of these alone it is known that they would be found. */
function installation(candidates: readonly string[]): string {
  const commands = installableNames(candidates).map((name) => `\`npm install ${name}\``);
  const rule =
    "A package of another name is written whole, with its scope (`@acme/tracker`), and a file as its path (`./tracker.mjs`).";
  if (commands.length === 0) return `Correct the name. ${rule}`;
  const [first = "", second] = commands;
  return second === undefined
    ? `Install it beside the workflow file, if that is its package: ${first}. ${rule}`
    : `Install it beside the workflow file, whichever of the two there is: ${first} or ${second}. ${rule}`;
}
