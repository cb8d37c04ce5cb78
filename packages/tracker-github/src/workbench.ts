import type { Logger } from "@signalbox/contracts";
import { defaultStateOrder } from "@signalbox/http-tracker";
import { AuthorRule } from "./author-rule.ts";
import { Blockers } from "./blockers.ts";
import { ChangeFeed } from "./change-feed.ts";
import { Claims } from "./claims.ts";
import { Comments } from "./comments.ts";
import type { GithubClient } from "./github-client.ts";
import type { GithubOptions } from "./github-options.ts";
import { IssueLists } from "./issue-lists.ts";
import { IssueReader } from "./issue-reader.ts";
import { LabelStates } from "./label-states.ts";
import { OpenClosedStates } from "./open-closed-states.ts";
import { Project } from "./project.ts";
import { ProjectStates } from "./project-states.ts";
import type { RepositoryPath } from "./repository-path.ts";
import type { ClosedStates, StateSource } from "./state-source.ts";
import { Viewer } from "./viewer.ts";

/** The parts of the adapter, for one repository. */
export interface Workbench {
  readonly path: RepositoryPath;
  readonly lists: IssueLists;
  readonly reader: IssueReader;
  readonly source: StateSource;
  readonly closed: ClosedStates;
  readonly feed: ChangeFeed;
  readonly comments: Comments;
  readonly claims: Claims;
}

export function setUp(
  client: GithubClient,
  path: RepositoryPath,
  options: GithubOptions,
  host: { readonly logger: Logger | null; readonly now: () => number },
): Workbench {
  const authors = new AuthorRule(options.allowAuthors ?? []);
  const priorityField =
    options.prioritySource === "project" ? (options.priorityField ?? "Priority") : null;
  const project = projectOf(client, path, options, priorityField);
  const source = sourceOf(client, path, options, project);
  const closed = {
    completed: options.closing?.completed ?? "done",
    notPlanned: options.closing?.notPlanned ?? "canceled",
  };
  const lists = new IssueLists(client, path, host.logger);
  const reader = new IssueReader({
    path,
    source,
    closed,
    authors,
    blockers: new Blockers(client, path, {
      hasSubIssues: options.subIssues ?? false,
      now: host.now,
    }),
    priorityField:
      priorityField === null || project === null ? null : { project, name: priorityField },
    claimLabel: options.claimLabel ?? null,
  });
  const marks = { assignee: options.claimAssignee ?? null, label: options.claimLabel ?? null };
  const closedWithinDays = options.closedWithinDays ?? 30;
  return {
    path,
    lists,
    reader,
    source,
    closed,
    feed: new ChangeFeed(lists, reader, { closedWithinDays, now: host.now }),
    comments: new Comments(client, path, new Viewer(client), authors),
    claims: new Claims(client, path, marks),
  };
}

function projectOf(
  client: GithubClient,
  path: RepositoryPath,
  { project, stateSource }: GithubOptions,
  priorityField: string | null,
): Project | null {
  if (project === undefined) return null;
  const wanted = [
    ...(stateSource === "project" ? [project.field] : []),
    ...(priorityField === null ? [] : [priorityField]),
  ];
  return new Project(client, path, project, wanted);
}

function sourceOf(
  client: GithubClient,
  path: RepositoryPath,
  options: GithubOptions,
  project: Project | null,
): StateSource {
  if (options.stateSource === "open-closed") return new OpenClosedStates();
  if (options.stateSource === "project" && project !== null) {
    return new ProjectStates(project, options.project?.field ?? "Status");
  }
  return new LabelStates(client, path, {
    prefix: options.labelPrefix ?? "status:",
    order: options.stateOrder ?? defaultStateOrder,
  });
}
