import { plainText } from "../terminal/plain-text.ts";
import type { FileTracker } from "./file-trackers.ts";
import type { GitlabProject } from "./gitlab-origin.ts";
import type { RepositoryFacts } from "./inspect-repository.ts";
import { proposeStates } from "./state-use.ts";
import { yamlText } from "./yaml-text.ts";

export type ProposedTracker = "roadmap" | "backlog-md" | "github" | "gitlab";

const shownStates = 12;

/** What the project plans by comes first, then its forge. A roadmap without a feature that can be read is none yet. */
export function trackerOf(
  facts: Pick<RepositoryFacts, "roadmap" | "backlog" | "github" | "gitlab">,
): ProposedTracker {
  const { roadmap, backlog, github, gitlab } = facts;
  if ((roadmap?.states.length ?? 0) > 0) return "roadmap";
  if (backlog !== null) return "backlog-md";
  if (github !== null) return "github";
  return gitlab === null ? "roadmap" : "gitlab";
}

/** The `tracker` section of a workflow file. */
export function trackerSection(facts: RepositoryFacts): string {
  switch (trackerOf(facts)) {
    case "github":
      return githubSection(facts.github ?? "");
    case "gitlab":
      return gitlabSection(facts.gitlab ?? { project: "", endpoint: null });
    case "backlog-md":
      return backlogSection(facts.backlog?.states ?? []);
    case "roadmap":
      return roadmapSection(facts.roadmap);
  }
}

function githubSection(repository: string): string {
  return `tracker:
  kind: github
  provider:
    repository: ${yamlText(repository)}
    token: $GITHUB_TOKEN        # may read and write the issues of the repository
  active_states: [todo, in-progress]      # labels status:todo and status:in-progress
  terminal_states: [done, canceled]       # closed as completed, or as not planned
  states:                       # what is written to the issue, and when
    running: in-progress
    succeeded: needs-human      # a person merges the branch, then closes the issue; what it blocks waits for that
    needs_human: needs-human    # parked: the agent asks, or cannot go on
`;
}

function gitlabSection({ project, endpoint }: GitlabProject): string {
  const instance = endpoint === null ? "" : `    endpoint: ${yamlText(endpoint)}\n`;
  return `tracker:
  kind: gitlab
  provider:
    project: ${yamlText(project)}
${instance}    token: $GITLAB_TOKEN        # scope api; its account needs the role Reporter
  active_states: [todo, in-progress]      # labels status::todo and status::in-progress
  terminal_states: [done, canceled]       # closed issues
  states:                       # what is written to the issue, and when
    running: in-progress
    succeeded: needs-human      # a person merges the branch, then closes the issue; what it blocks waits for that
    needs_human: needs-human    # parked: the agent asks, or cannot go on
`;
}

function backlogSection(states: FileTracker["states"]): string {
  const { active, terminal, running, review, others } = proposeStates(states, {
    active: [],
    terminal: [],
  });
  const [done = "Done"] = terminal;
  const succeeded =
    review === null
      ? `    succeeded: ${yamlText(done)}             # also before a person has merged the branch: no status is there for that`
      : `    succeeded: ${yamlText(review)}           # a person merges the branch, then sets it to ${done}; what it blocks waits for that
    needs_human: ${yamlText(review)}         # parked: the agent asks, or cannot go on`;
  return `tracker:
  kind: backlog-md              # the tasks of Backlog.md
  active_states: ${yamlList(active)}
  terminal_states: ${yamlList(terminal)}
${othersNote(others)}  states:                       # what is written into the tasks, and when
${running === null ? "" : `    running: ${yamlText(running)}\n`}${succeeded}
`;
}

function roadmapSection(roadmap: FileTracker | null): string {
  const path = roadmap?.path ?? "docs/roadmap.md";
  const note =
    roadmap === null ? "# not there yet: write it before you run" : "# your list of features";
  const { active, terminal, running, others } = proposeStates(roadmap?.states ?? [], {
    active: ["planned", "in-progress"],
    terminal: ["done"],
  });
  return `tracker:
  kind: roadmap
  provider:
    path: ${yamlText(path)}      ${note}
  active_states: ${yamlList(active)}
  terminal_states: ${yamlList(terminal)}
${othersNote(others)}  states:                       # what is written into the roadmap, and when
    running: ${yamlText(running ?? "in-progress")}
    succeeded: needs-human      # a person merges the branch, then sets it to done; what it blocks waits for that
    needs_human: needs-human    # parked: the agent asks, or cannot go on
`;
}

/** States that were found and that no agent works in: whoever reads the file may know better. */
function othersNote(others: readonly string[]): string {
  if (others.length === 0) return "";
  const names = others.slice(0, shownStates).map((name) => plainText(name));
  const more = others.length > shownStates ? `, and ${others.length - shownStates} more` : "";
  return `  # In neither list, so that nothing starts from it: ${names.join(", ")}${more}\n`;
}

function yamlList(names: readonly string[]): string {
  return `[${names.map(yamlText).join(", ")}]`;
}
