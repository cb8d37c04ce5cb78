import {
  SignalboxError,
  type JsonObject,
  type Plugin,
  type WorkflowConfig,
  type WorkflowProblem,
} from "@signalbox/contracts";
import { checkPluginOptions, type OptionProblem } from "@signalbox/plugin-loader";
import { checkTemplate } from "@signalbox/prompts";
import type { Locate } from "@signalbox/workflow";
import { containmentProblem } from "../compose/agent-containment.ts";
import { doubtfulStates } from "../compose/doubtful-states.ts";
import { findPlugin } from "../compose/load-plugins.ts";
import { findMissingPrograms } from "../compose/find-missing-programs.ts";
import { missingProgramProblem } from "../compose/refuse-missing-programs.ts";
import { findUnavailable, unavailableText } from "../compose/refuse-unavailable.ts";
import type { Surroundings } from "../surroundings.ts";
import { unreadableFile } from "./unreadable-file.ts";

type Key = readonly string[];

interface NamedAdapter {
  readonly kind: "tracker" | "backend";
  readonly name: string;
  readonly options: JsonObject;
  /** Where the file names it. */
  readonly nameKey: Key;
  /** Where its options stand. */
  readonly optionsKey: Key;
}

/**
 * What is wrong with a well-formed file: settings that this version cannot honour, adapters that are not there,
 * options that an adapter's own schema refuses, states that lead an issue astray, a tracker's file that cannot be read,
 * programs that are not there, and a prompt that cannot be rendered. Asks nobody, and writes nothing.
 */
export async function checkMeaning(
  config: WorkflowConfig,
  locate: Locate,
  surroundings: Surroundings,
): Promise<readonly WorkflowProblem[]> {
  const { path } = config.source;
  const unavailable = findUnavailable(config).map((found) =>
    problemAt(path, found.key, locate, { code: "unavailable", ...unavailableText(found) }),
  );
  const sandbox = await sandboxProblems(config, locate);
  const adapters = await Promise.all(
    namedAdapters(config).map((adapter) => checkAdapter(adapter, config, locate, surroundings)),
  );
  const programs = (await findMissingPrograms(config, surroundings.environment)).map((missing) =>
    missingProgramProblem(missing, path, locate),
  );
  const template = checkTemplate(config.prompt);
  return [
    ...unavailable,
    ...sandbox,
    ...adapters.flat(),
    ...programs,
    ...(template === null ? [] : [template]),
  ];
}

function namedAdapters({ tracker, agent, backends }: WorkflowConfig): readonly NamedAdapter[] {
  return [
    {
      kind: "tracker",
      name: tracker.kind,
      options: tracker.provider,
      nameKey: ["tracker", "kind"],
      optionsKey: ["tracker", "provider"],
    },
    {
      kind: "backend",
      name: agent.backend,
      options: backends[agent.backend] ?? {},
      nameKey: ["agent", "backend"],
      optionsKey: ["backends", agent.backend],
    },
  ];
}

async function sandboxProblems(
  config: WorkflowConfig,
  locate: Locate,
): Promise<readonly WorkflowProblem[]> {
  let error: SignalboxError | null;
  try {
    error = await containmentProblem(config);
  } catch {
    // A backend that cannot be loaded is reported as such.
    return [];
  }
  if (error === null) return [];
  const key = ["sandbox", config.sandbox.tier === "bwrap" ? "tier" : "network"];
  const { code, message } = error;
  const remedy = error.remedy ?? "See docs/security.md.";
  return [problemAt(config.source.path, key, locate, { code, message, remedy })];
}

async function checkAdapter(
  { kind, name, options, nameKey, optionsKey }: NamedAdapter,
  config: WorkflowConfig,
  locate: Locate,
  { environment }: Surroundings,
): Promise<readonly WorkflowProblem[]> {
  const { path } = config.source;
  let plugin: Plugin;
  try {
    plugin = await findPlugin(kind, name, config);
  } catch (error) {
    if (!SignalboxError.isInstance(error)) throw error;
    const remedy = error.remedy ?? "Look into the plugin's README.";
    return [problemAt(path, nameKey, locate, { code: error.code, message: error.message, remedy })];
  }
  const doubtful = plugin.kind === "tracker" ? doubtfulStates(config, plugin.defaults, locate) : [];
  const check = await checkPluginOptions(plugin, options, environment);
  if (check.kind === "valid") {
    const unreadable =
      plugin.kind === "tracker" ? await unreadableFile(plugin, config, locate, environment) : null;
    return unreadable === null ? doubtful : [unreadable, ...doubtful];
  }
  const problems = check.problems.map((problem) =>
    problemAt(path, [...optionsKey, ...problem.key], locate, optionText(problem, optionsKey, name)),
  );
  return [...problems, ...doubtful];
}

function optionText(
  { key, message, unsetVariable }: OptionProblem,
  optionsKey: Key,
  name: string,
): Pick<WorkflowProblem, "code" | "message" | "remedy"> {
  const dotted = [...optionsKey, ...key].join(".");
  return {
    code: "plugin_options",
    message: `${dotted}: ${message}`,
    remedy:
      unsetVariable === null
        ? `Correct it; the README of \`${name}\` lists its options.`
        : `Set $${unsetVariable}: unset or empty counts as missing.`,
  };
}

function problemAt(
  path: string,
  key: Key,
  locate: Locate,
  text: Pick<WorkflowProblem, "code" | "message" | "remedy">,
): WorkflowProblem {
  const place = locate(key);
  return {
    severity: "error",
    ...text,
    path,
    line: place?.line ?? null,
    column: place?.column ?? null,
    key: key.join("."),
  };
}
