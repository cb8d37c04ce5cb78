import type { Logger } from "@signalbox/contracts";
import { defaultStateOrder } from "@signalbox/http-tracker";
import { Accounts } from "./accounts.ts";
import { Blockers } from "./blockers.ts";
import { ChangeFeed } from "./change-feed.ts";
import { Claims } from "./claims.ts";
import type { GitlabClient } from "./gitlab-client.ts";
import type { GitlabOptions } from "./gitlab-options.ts";
import { IssueLists } from "./issue-lists.ts";
import { IssueReader } from "./issue-reader.ts";
import { Notes } from "./notes.ts";
import { People } from "./people.ts";
import { pathOf } from "./project-name.ts";
import type { ProjectName } from "./project-name.ts";
import { States } from "./states.ts";

/** The parts of the adapter, for one project. */
export interface Workbench {
  readonly project: ProjectName;
  readonly states: States;
  readonly lists: IssueLists;
  readonly reader: IssueReader;
  readonly feed: ChangeFeed;
  readonly notes: Notes;
  readonly claims: Claims;
}

export function setUp(
  client: GitlabClient,
  project: ProjectName,
  options: GitlabOptions,
  host: { readonly logger: Logger | null; readonly now: () => number },
): Workbench {
  const path = pathOf(project);
  const { now } = host;
  const states = new States({
    source: options.stateSource ?? "labels",
    prefix: options.labelPrefix ?? "status::",
    order: options.stateOrder ?? defaultStateOrder,
    completed: options.closing?.completed ?? "done",
    canceled: options.closing?.canceled ?? "canceled",
  });
  const people = new People(client, path, { allowed: options.allowAuthors ?? [], now });
  const accounts = new Accounts(client);
  const lists = new IssueLists(client, path, project.name, host.logger);
  const reader = new IssueReader({
    name: project.name,
    states,
    people,
    blockers: options.blockers === false ? null : new Blockers(client, path, now),
    prioritySource: options.prioritySource ?? "labels",
    claimLabel: options.claimLabel ?? null,
  });
  const marks = { assignee: options.claimAssignee ?? null, label: options.claimLabel ?? null };
  const closedWithinDays = options.closedWithinDays ?? 30;
  return {
    project,
    states,
    lists,
    reader,
    feed: new ChangeFeed(lists, reader, { closedWithinDays, now }),
    notes: new Notes(client, path, accounts, people),
    claims: new Claims(client, path, accounts, marks),
  };
}
