import { open, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { inspectRepository, type RepositoryFacts } from "../init/inspect-repository.ts";
import { createLabels, tokenForLabels, type LabelsReport } from "../init/create-labels.ts";
import { trackerOf } from "../init/tracker-section.ts";
import { backendOf, unnamedProgram, workflowTemplate } from "../init/workflow-template.ts";
import type { Surroundings } from "../surroundings.ts";

export interface InitOptions {
  readonly force: boolean;
  readonly json: boolean;
  /** Creates the status labels on GitHub; a workflow file that is there is then left as it is, and followed. */
  readonly createLabels: boolean;
}

/** Writes WORKFLOW.md into the root of the repository, and nothing else anywhere but labels that are asked for. */
export async function init(options: InitOptions, surroundings: Surroundings): Promise<void> {
  const found = await inspectRepository(surroundings.cwd, surroundings.environment);
  // Who asks for labels wants GitHub's issues, also beside a roadmap.
  const facts = options.createLabels ? { ...found, roadmap: null, backlog: null } : found;
  const { environment, out } = surroundings;
  const token = options.createLabels ? tokenForLabels(facts.github, environment) : null;
  const path = join(facts.root, "WORKFLOW.md");
  const isWritten = await writeWorkflow(path, facts, options);
  const labels =
    token === null ? null : await createLabels(path, facts.github ?? "", token, environment);
  if (options.json) {
    out.line(
      JSON.stringify({
        path,
        tracker: trackerOf(facts),
        roadmap: found.roadmap?.path ?? null,
        backlog: found.backlog?.path ?? null,
        github: facts.github,
        gitlab: facts.gitlab?.project ?? null,
        default_branch: facts.defaultBranch,
        agents: facts.agents,
        labels: labels === null ? null : { created: labels.created, existing: labels.existing },
      }),
    );
    return;
  }
  out.line(isWritten ? `Wrote ${path}` : `Left ${path} as it is`);
  for (const line of labels === null ? [] : labelLines(labels)) out.line(line);
  for (const line of isWritten ? nextSteps(facts, labels !== null) : []) out.line(line);
}

/** Whether it was written: labels can be made for one that is there. */
async function writeWorkflow(
  path: string,
  facts: RepositoryFacts,
  { force, createLabels: isForLabels }: InitOptions,
): Promise<boolean> {
  const text = workflowTemplate(facts);
  try {
    await (force ? replaceFile(path, text) : createFile(path, text));
    return true;
  } catch (error) {
    const isThere = SignalboxError.isInstance(error) && error.code === "workflow_exists";
    if (isForLabels && isThere) return false;
    throw error;
  }
}

async function createFile(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") {
      throw new SignalboxError("workflow_exists", `${path} is there already`, {
        remedy: "`signalbox validate` checks it; `signalbox init --force` replaces it.",
        cause: error,
      });
    }
    throw writeFailed(path, error);
  }
}

/** The old file stays whole until the new one is. */
async function replaceFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, "wx");
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw writeFailed(path, error);
  }
}

function writeFailed(path: string, cause: unknown): SignalboxError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SignalboxError("workflow_write_error", `${path} cannot be written: ${why}`, {
    remedy: "Look at the folder's permissions and at the free space of its disk.",
    cause,
  });
}

function labelLines({ repository, created, existing }: LabelsReport): string[] {
  return [
    `Labels of ${repository}`,
    `  created         ${created.length === 0 ? "none" : created.join(", ")}`,
    `  there already   ${existing.length === 0 ? "none" : existing.join(", ")}`,
  ];
}

function nextSteps(facts: RepositoryFacts, hasLabels: boolean): string[] {
  const { roadmap, backlog, agents, defaultBranch, github, gitlab } = facts;
  const [agent] = agents;
  const steps = [
    ...trackerSteps(facts, hasLabels),
    agent === undefined
      ? `Put your agent's command in place of "${unnamedProgram}" under backends.command.program.`
      : `Look at what ${agent} may do without asking: backends.${backendOf(agent)}.permissions.`,
    "signalbox validate            checks the file",
    "signalbox run --dry-run       shows what would be started",
    "signalbox run                 starts the daemon",
  ];
  return [
    `  roadmap         ${roadmapText(roadmap)}`,
    ...(backlog === null ? [] : [`  Backlog.md      ${backlog.path}`]),
    ...(github === null ? [] : [`  GitHub          ${github}`]),
    ...(gitlab === null ? [] : [`  GitLab          ${gitlab.project}${instanceText(gitlab)}`]),
    `  default branch  ${defaultBranch ?? "unknown: HEAD is detached"}`,
    `  agents on PATH  ${agents.length === 0 ? "none that is known here" : agents.join(", ")}`,
    "",
    "Next:",
    ...steps.map((step) => `  ${step}`),
  ];
}

function roadmapText(roadmap: RepositoryFacts["roadmap"]): string {
  if (roadmap === null) return "none yet";
  const { path, states } = roadmap;
  if (states.length === 0) return `${path}, without a feature that can be read`;
  return `${path}, ${states.length} feature${states.length === 1 ? "" : "s"}`;
}

function instanceText({ endpoint }: NonNullable<RepositoryFacts["gitlab"]>): string {
  return endpoint === null ? "" : ` on ${endpoint}`;
}

function trackerSteps(facts: RepositoryFacts, hasLabels: boolean): readonly string[] {
  switch (hasLabels ? "github" : trackerOf(facts)) {
    case "github":
      return [
        "Set GITHUB_TOKEN to a token that may read and write the issues.",
        ...(hasLabels ? [] : ["signalbox init --create-labels    makes the labels status:todo, …"]),
        "Give the issues that agents may work on the label status:todo.",
      ];
    case "gitlab":
      return [
        "Set GITLAB_TOKEN to a token that may read and write the issues.",
        "Make the labels status::todo, status::in-progress and status::needs-human in the project.",
        "Give the issues that agents may work on the label status::todo.",
      ];
    case "backlog-md":
      return ["Look at the statuses under tracker: which of them agents may work on."];
    case "roadmap":
      return (facts.roadmap?.states.length ?? 0) > 0
        ? []
        : [`Write ${facts.roadmap?.path ?? "docs/roadmap.md"}, for example:`, ...exampleRoadmap];
  }
}

const exampleRoadmap = [
  "",
  "    # Roadmap",
  "    ## Milestone: First steps",
  "    ### Say hello",
  "    - **Status:** planned",
  "    - **Summary:** `hello` prints a greeting.",
  "    - **Blockers:** none",
  "",
];
