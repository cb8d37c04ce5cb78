import type { SentRequest, TrackerTestBed, TrackerWorld } from "@signalbox/conformance";
import type { JiraOptions } from "../jira-options.ts";
import { JiraTrackerAdapter } from "../jira-tracker.ts";
import { textOf } from "../issue-record.ts";
import { FakeJira } from "./fake-jira.ts";
import type { FakeFlavour, FakeWorld } from "./fake-world.ts";

/** The adapter over the fake, of Cloud or of a Data Center. */
export function jiraTestBed(
  name: string,
  flavour: FakeFlavour,
  options: JiraOptions = {},
): TrackerTestBed {
  return {
    name,
    states: { waiting: "To Do", working: "In Progress", done: "Done" },
    pageSize: 100,
    isWrite,
    withoutCursor: (reply) => ({ ...reply, body: withoutCursor(reply.body) }),
    create: async ({ context, secret, requestTimeoutMs }) => {
      const jira = await FakeJira.start(flavour);
      jira.token = secret;
      const adapter = new JiraTrackerAdapter(
        {
          project: "TIDE",
          token: secret,
          ...(flavour === "cloud" ? { email: jira.email } : {}),
          endpoint: jira.endpoint,
          timeoutMs: requestTimeoutMs,
          writeIntervalMs: 0,
          claimAssignee: "me",
          claimLabel: "agent-running",
          webhookSecret: "a-secret-of-the-hook",
          ...options,
        },
        context,
      );
      return {
        tracker: adapter,
        world: worldOf(jira.world),
        close: async () => {
          await jira.close();
          if (jira.problems.length > 0) throw new Error(jira.problems.join("\n"));
        },
      };
    },
  };
}

/** Searches and reads by id are sent as POST. */
function isWrite({ method, url }: SentRequest): boolean {
  return method !== "GET" && !/\/(?:search|search\/jql|bulkfetch|comment\/list)(?:\?|$)/.test(url);
}

/** Cloud says that there is more; Data Center counts, and does not say how many there are. */
function withoutCursor(body: string): string {
  const { nextPageToken: _, total: __, ...page } = JSON.parse(body) as Record<string, unknown>;
  return JSON.stringify(page);
}

function worldOf(world: FakeWorld): TrackerWorld {
  return {
    addIssues: async (seeds) =>
      seeds.map(({ title, state, labels = [] }) =>
        world.add({ summary: title, status: state, labels: [...labels] }).id,
      ),
    stateOf: async (id) => world.get(id).status,
    setState: async (id, status) => world.change(id, { status }),
    removeIssue: async (id) => {
      world.issues.delete(id);
    },
    hold: async (id) => {
      world.account("stranger", { isAssignable: false });
      world.change(id, { creator: "stranger" });
    },
    block: async (id, blockers) => world.change(id, { blockedBy: [...blockers] }),
    spoil: async (id) =>
      world.change(id, {
        overrides: {
          description: 5,
          priority: "High",
          creator: "nobody",
          assignee: { displayName: "" },
          created: "yesterday",
          issuelinks: [null, { type: "Blocks" }, { type: { inward: "is blocked by" }, inwardIssue: {} }],
          project: null,
          issuetype: 7,
          parent: [],
        },
      }),
    corrupt: async (id) => world.change(id, { overrides: { summary: null } }),
    ignoreTransitions: async () => {
      world.makesTransitions = false;
    },
    comments: async (id) =>
      world.comments.filter(({ issue }) => issue === id).map(({ body }) => textOf(body)),
    addComment: async (id, body) => {
      world.comment(id, body);
    },
    links: async (id) =>
      world.links.filter(({ issue }) => issue === id).map(({ object }) => object.url),
  };
}
