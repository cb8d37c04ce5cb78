import type { Logger } from "@signalbox/contracts";
import { ChangeFeed } from "./change-feed.ts";
import { Claims } from "./claims.ts";
import { Comments } from "./comments.ts";
import { IssueLists } from "./issue-lists.ts";
import { IssueReader } from "./issue-reader.ts";
import { IssueSearch } from "./issue-search.ts";
import type { JiraClient } from "./jira-client.ts";
import type { JiraOptions } from "./jira-options.ts";
import { allOf, quoted } from "./jql.ts";
import { People } from "./people.ts";
import { Priorities } from "./priority.ts";
import type { JiraSite } from "./site.ts";
import { States } from "./states.ts";
import { Viewer } from "./viewer.ts";

/** The parts of the adapter, for one project. */
export interface Workbench {
  readonly site: JiraSite;
  readonly states: States;
  readonly search: IssueSearch;
  readonly lists: IssueLists;
  readonly reader: IssueReader;
  readonly feed: ChangeFeed;
  readonly comments: Comments;
  readonly claims: Claims;
}

export function setUp(
  client: JiraClient,
  site: JiraSite,
  options: JiraOptions,
  host: { readonly logger: Logger | null; readonly now: () => number },
): Workbench {
  const { logger, now } = host;
  const states = new States(options.stateSource ?? "status");
  const people = new People(client, site, { allowed: options.allowAuthors ?? [], now });
  const viewer = new Viewer(client, site);
  const search = new IssueSearch(client, site, now);
  const lists = new IssueLists({ client, site, search, clause: clauseOf(site, options), logger });
  const reader = new IssueReader({
    states,
    people,
    priorities: new Priorities(options.priorities ?? {}),
    blockedBy: options.blockedBy ?? ["is blocked by"],
    claimLabel: options.claimLabel ?? null,
    site: site.url,
  });
  const marks = { assignee: options.claimAssignee ?? null, label: options.claimLabel ?? null };
  return {
    site,
    states,
    search,
    lists,
    reader,
    feed: new ChangeFeed(lists, reader, { doneWithinDays: options.doneWithinDays ?? 30, now }),
    comments: new Comments({ client, site, viewer, people }),
    claims: new Claims({
      client,
      site,
      viewer,
      marks,
      read: async (id, signal) => lists.one(id, signal),
    }),
  };
}

/** Cloud knows every parent as one; on Data Center an epic is a field of its own. */
function clauseOf({ isCloud }: JiraSite, { epic, jql }: JiraOptions): string | null {
  const below = isCloud ? "parent" : '"Epic Link"';
  const clauses = [
    epic === undefined ? null : `${below} = ${quoted(epic)}`,
    jql === undefined ? null : `(${jql})`,
  ];
  const clause = allOf(...clauses);
  return clause === "" ? null : clause;
}
