import { SignalboxError } from "@signalbox/contracts";
import { checkPluginOptions } from "@signalbox/plugin-loader";
import { problemsToError, validateWorkflow, type WorkflowOptions } from "@signalbox/workflow";
import { findPlugin } from "../compose/load-plugins.ts";
import type { Surroundings } from "../surroundings.ts";

/**
 * What keeps the tracker from being asked where secrets that are not set here are all that is missing: the workflow file
 * is right then. `null` where it is not that, or not that alone. Rejects as `findPlugin` does.
 */
export async function unsetVariables(
  file: string | undefined,
  place: WorkflowOptions,
  { environment }: Pick<Surroundings, "environment">,
): Promise<SignalboxError | null> {
  const { config, problems } = validateWorkflow(file, place);
  if (config === null) {
    const errors = problems.filter(({ severity }) => severity === "error");
    if (errors.some(({ code }) => code !== "missing_secret")) return null;
    const { message, remedy } = problemsToError(errors);
    return new SignalboxError("tracker_secret", message, remedy === null ? {} : { remedy });
  }
  const { kind, provider } = config.tracker;
  const plugin = await findPlugin("tracker", kind, config);
  const check = await checkPluginOptions(plugin, provider, environment);
  if (check.kind === "valid") return null;
  const names = check.problems.flatMap(({ unsetVariable }) => unsetVariable ?? []);
  if (names.length < check.problems.length) return null;
  const variables = [...new Set(names)].map((name) => `$${name}`).join(", ");
  return new SignalboxError(
    "tracker_secret",
    `the tracker \`${kind}\` needs ${variables}, which is not set or is empty`,
    { remedy: `Set ${variables} as for the daemon.` },
  );
}
