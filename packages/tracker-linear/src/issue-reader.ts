import type { Issue, Logger, TrackerProblem } from "@signalbox/contracts";
import * as v from "valibot";
import { readBlockers } from "./blockers.ts";
import {
  changedIssuesDocument,
  issuesDocument,
  issueWithStatesDocument,
  moreBlockersDocument,
  moreLabelsDocument,
} from "./documents.ts";
import { issueNodeSchema, pageSchema } from "./issue-node.ts";
import type { IssueNode, Page } from "./issue-node.ts";
import type { LinearClient } from "./linear-client.ts";
import { trackerError } from "./linear-error.ts";
import { readPages } from "./read-pages.ts";
import { toIssue } from "./to-issue.ts";

export type IssueFilter = Readonly<Record<string, unknown>>;

/** Issues with all that belongs to them, and the problems with parts of it. */
export interface CompleteIssues {
  readonly issues: readonly Issue[];
  readonly problems: readonly TrackerProblem[];
}

/** What a list had: the nodes that can be read, and the problems with the others. */
export interface IssueList {
  readonly nodes: readonly IssueNode[];
  readonly problems: readonly TrackerProblem[];
  /** Linear's clock when the first page came, epoch milliseconds. */
  readonly at: number;
}

export interface WorkflowState {
  readonly id: string;
  readonly name: string;
}

/** Issues a page, and ids a request. */
const pageSize = 50;

/**
 * Issues of a first page of changes. A request costs by what it could return, and most polls find next to nothing: at
 * two polls a minute, pages of 50 would use up the smaller hourly budgets of complexity.
 */
const firstChangesSize = 10;

/** Reads issues page by page, complete with labels and blockers. */
export class IssueReader {
  readonly #client: LinearClient;
  readonly #logger: Logger;

  constructor(client: LinearClient, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** Every issue that the filter lets through, in the order of the pages. Records that cannot be read are logged and left out. */
  list(filter: IssueFilter, signal: AbortSignal): Promise<IssueList> {
    return this.#list("listing issues", issuesDocument, filter, signal);
  }

  /** The same for what changed, archived issues included. More than `pages` pages are an error. */
  listChanged(filter: IssueFilter, signal: AbortSignal, pages: number): Promise<IssueList> {
    return this.#list("listing changed issues", changedIssuesDocument, filter, signal, pages);
  }

  /** The issues with these ids that the filter lets through, each once, in the order of `ids`. */
  async byIds(
    ids: readonly string[],
    filter: IssueFilter,
    signal: AbortSignal,
  ): Promise<readonly Issue[]> {
    const wanted = [...new Set(ids)];
    const found = new Map<string, IssueNode>();
    for (let start = 0; start < wanted.length; start += pageSize) {
      const batch = wanted.slice(start, start + pageSize);
      const list = await this.list({ ...filter, id: { in: batch } }, signal);
      const [problem] = list.problems;
      if (problem !== undefined) {
        throw trackerError("tracker_payload", `${problem.where}: ${problem.message}`);
      }
      for (const node of list.nodes) found.set(node.id, node);
    }
    const nodes = wanted.flatMap((id) => found.get(id) ?? []);
    return (await this.complete(nodes, signal)).issues;
  }

  /** The issue, and the states that its team's workflow has; `null` where it is gone. */
  async withStates(
    id: string,
    signal: AbortSignal,
  ): Promise<{ readonly issue: Issue; readonly states: readonly WorkflowState[] } | null> {
    const { data } = await this.#client.request(
      {
        action: "reading the issue",
        document: issueWithStatesDocument,
        variables: { id },
        schema: v.object({ issues: pageSchema }),
      },
      signal,
    );
    const [record] = data.issues.nodes;
    if (record === undefined) return null;
    const node = v.safeParse(issueNodeSchema, record);
    const states = v.safeParse(statesSchema, record);
    if (!node.success || !states.success) {
      throw trackerError("tracker_payload", `Linear's issue ${id} cannot be read`);
    }
    const [issue] = (await this.complete([node.output], signal)).issues;
    return issue === undefined ? null : { issue, states: states.output.team.states.nodes };
  }

  /** Fetches what the nested lists hold beyond their first page. A relation that cannot be read is logged, and blocks. */
  async complete(nodes: readonly IssueNode[], signal: AbortSignal): Promise<CompleteIssues> {
    const issues: Issue[] = [];
    const problems: TrackerProblem[] = [];
    for (const node of nodes) {
      const labels = await this.#rest(node, node.labels, moreLabelsDocument, signal);
      const relations = await this.#rest(node, node.inverseRelations, moreBlockersDocument, signal);
      const blockers = readBlockers(relations);
      for (const message of blockers.problems) {
        const remedy = "Take the relation away in Linear, and make it anew if it is meant.";
        problems.push({ where: node.identifier, message, remedy });
        this.#logger.log("warn", `Linear's record of ${node.identifier} ${message}`);
      }
      issues.push(toIssue(node, labels, blockers.blockedBy));
    }
    return { issues, problems };
  }

  async #list(
    action: string,
    document: string,
    filter: IssueFilter,
    signal: AbortSignal,
    limit?: number,
  ): Promise<IssueList> {
    let at: number | null = null;
    const isChanges = document === changedIssuesDocument;
    const records = await readPages(
      action,
      async (after) => {
        const reply = await this.#client.request(
          {
            action,
            document,
            variables: {
              filter,
              first: isChanges && after === null ? firstChangesSize : pageSize,
              after,
            },
            schema: v.object({ issues: pageSchema }),
          },
          signal,
        );
        at ??= reply.at;
        return reply.data.issues;
      },
      limit,
    );
    return { ...this.#parse(records), at: at ?? 0 };
  }

  #parse(records: readonly unknown[]): Omit<IssueList, "at"> {
    const nodes = new Map<string, IssueNode>();
    const problems: TrackerProblem[] = [];
    for (const record of records) {
      const node = v.safeParse(issueNodeSchema, record);
      // An issue that moves between pages while they are read comes twice.
      if (node.success) nodes.set(node.output.id, nodes.get(node.output.id) ?? node.output);
      else {
        const [issue] = node.issues;
        const problem = {
          where: whereIs(record),
          message: `is left out: ${v.getDotPath(issue) ?? "the record"} ${issue.message}`,
          remedy: null,
        };
        problems.push(problem);
        this.#logger.log("warn", `Linear's record of ${problem.where} ${problem.message}`);
      }
    }
    return { nodes: [...nodes.values()], problems };
  }

  async #rest(
    { id, identifier }: IssueNode,
    first: Page | null,
    document: string,
    signal: AbortSignal,
  ): Promise<readonly unknown[]> {
    if (first === null || !first.pageInfo.hasNextPage) return first?.nodes ?? [];
    const action = `reading labels and blockers of ${identifier}`;
    let isFirst = true;
    return readPages(action, async (after) => {
      if (isFirst) {
        isFirst = false;
        return first;
      }
      const { data } = await this.#client.request(
        { action, document, variables: { id, after }, schema: connectionSchema },
        signal,
      );
      return data.issue.connection;
    });
  }
}

const connectionSchema = v.object({ issue: v.object({ connection: pageSchema }) });

const statesSchema = v.object({
  team: v.object({
    states: v.object({ nodes: v.array(v.object({ id: v.string(), name: v.string() })) }),
  }),
});

const named = v.union([
  v.pipe(
    v.object({ identifier: v.pipe(v.string(), v.minLength(1)) }),
    v.transform(({ identifier }) => identifier),
  ),
  v.pipe(
    v.object({ id: v.pipe(v.string(), v.minLength(1)) }),
    v.transform(({ id }) => id),
  ),
]);

function whereIs(record: unknown): string {
  const found = v.safeParse(named, record);
  return found.success ? found.output : "an issue without id";
}
