import { SignalboxError, type TrackerDefaults, type WorkflowConfig } from "@signalbox/contracts";
import type { StatusLabelReport } from "@signalbox/tracker-github";
import { validateWorkflow } from "@signalbox/workflow";

/** The variables that GitHub's own tools read. */
const tokenNames = ["GITHUB_TOKEN", "GH_TOKEN"];
const limitMs = 60_000;

export interface LabelsReport extends StatusLabelReport {
  readonly repository: string;
}

/**
 * What is missing to create labels, before anything is written: rejects without a token, and where the repository does
 * not come from GitHub.
 */
export function tokenForLabels(
  github: string | null,
  environment: Readonly<Record<string, string | undefined>>,
): string {
  if (github === null) {
    throw new SignalboxError("tracker_config", "origin is no repository on github.com", {
      remedy: "Leave out --create-labels, or add the remote: git remote add origin <url>.",
    });
  }
  const token = tokenNames.map((name) => environment[name]).find((value) => (value ?? "") !== "");
  if (token !== undefined) return token;
  throw new SignalboxError("tracker_secret", `no token is there to create labels in ${github}`, {
    remedy: "Set GITHUB_TOKEN to one that may write issues of that repository.",
  });
}

/**
 * Creates the status labels that the workflow file at `path` needs; changes none that is there. The repository that the
 * file names goes before `github`, which the repository comes from.
 */
export async function createLabels(
  path: string,
  github: string,
  token: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<LabelsReport> {
  const { default: plugin, ensureStatusLabels } = await import("@signalbox/tracker-github");
  const { config } = validateWorkflow(path, { environment });
  const tracker = config?.tracker.kind === "github" ? config.tracker : null;
  const options = await plugin.configSchema["~standard"].validate(tracker?.provider ?? {});
  if (options.issues !== undefined) {
    const message = options.issues[0]?.message ?? "it cannot be read";
    throw new SignalboxError("tracker_config", `\`tracker.provider\` in ${path}: ${message}`, {
      remedy: "`signalbox validate` says where.",
    });
  }
  const { repository = github, labelPrefix } = options.value;
  const endpoint = environment["GITHUB_API_URL"];
  const report = await ensureStatusLabels(
    {
      repository,
      token,
      states: statesOf(tracker, plugin.defaults),
      ...(labelPrefix === undefined ? {} : { labelPrefix }),
      ...(endpoint === undefined || endpoint === "" ? {} : { endpoint }),
    },
    AbortSignal.timeout(limitMs),
  );
  return { repository, ...report };
}

/** The states that are written or worked on, without those that closing an issue gives. */
function statesOf(
  tracker: WorkflowConfig["tracker"] | null,
  defaults: TrackerDefaults,
): readonly string[] {
  const closed = new Set((tracker?.terminalStates ?? defaults.terminalStates).map(folded));
  const { running, succeeded, needsHuman } = tracker?.states ?? defaults.states;
  const active = tracker?.activeStates ?? defaults.activeStates;
  const states = [...active, running, succeeded, needsHuman].filter((state) => state !== undefined);
  return states.filter((state, at) => !closed.has(folded(state)) && states.indexOf(state) === at);
}

function folded(state: string): string {
  return state.trim().toLowerCase();
}
