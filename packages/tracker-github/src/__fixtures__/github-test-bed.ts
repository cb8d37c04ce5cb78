import type { TrackerTestBed, TrackerWorld } from "@signalbox/conformance";
import type { GithubOptions } from "../github-options.ts";
import { GithubTrackerAdapter } from "../github-tracker.ts";
import { FakeGithub } from "./fake-github.ts";
import { Inspector } from "./inspector.ts";
import type { FakeRepository } from "./fake-repository.ts";

/** The adapter with its states as labels, over the fake. */
export function githubTestBed(name: string, options: GithubOptions = {}): TrackerTestBed {
  const inspector = new Inspector();
  return {
    name,
    states: { waiting: "todo", working: "in-progress", done: "done" },
    pageSize: 100,
    withoutCursor: (reply) => ({
      ...reply,
      headers: {
        ...reply.headers,
        link: (reply.headers["link"] ?? "").replaceAll(/<[^>]*>; rel="next",?\s*/g, ""),
      },
    }),
    create: async ({ context, secret, requestTimeoutMs }) => {
      const github = await FakeGithub.start(inspector);
      github.token = secret;
      const adapter = new GithubTrackerAdapter(
        {
          repository: "tide/tables",
          token: secret,
          endpoint: github.endpoint,
          timeoutMs: requestTimeoutMs,
          writeIntervalMs: 0,
          closedWithinDays: 3_650,
          claimAssignee: "signal-worker",
          webhookSecret: "a-secret-of-the-hook",
          ...options,
        },
        context,
      );
      return {
        tracker: adapter,
        world: worldOf(github.repository),
        close: async () => {
          await github.close();
          const violations = inspector.violations.splice(0);
          if (violations.length > 0) throw new Error(violations.join("\n"));
        },
      };
    },
  };
}

function worldOf(repository: FakeRepository): TrackerWorld {
  const at = (id: string): Parameters<FakeRepository["change"]>[0] => Number(id);
  const stateParts = (state: string): Parameters<FakeRepository["change"]>[1] =>
    state === "done"
      ? { state: "closed", stateReason: "completed", labels: [] }
      : { state: "open", stateReason: null, labels: [`status:${state}`] };
  return {
    addIssues: async (seeds) =>
      seeds.map(({ title, state, labels = [] }) => {
        const number = repository.issues.size + 1;
        const parts = stateParts(state);
        repository.add({ number, title, ...parts, labels: [...(parts.labels ?? []), ...labels] });
        return String(number);
      }),
    stateOf: async (id) => {
      const issue = repository.issues.get(at(id));
      if (issue?.state === "closed") return "done";
      return issue?.labels.find((label) => label.startsWith("status:"))?.slice(7) ?? "no-status";
    },
    setState: async (id, state) => repository.change(at(id), stateParts(state)),
    removeIssue: async (id) => {
      repository.issues.delete(at(id));
    },
    hold: async (id) => repository.change(at(id), { author: "stranger", association: "NONE" }),
    block: async (id, blockers) => repository.change(at(id), { blockedBy: blockers.map(Number) }),
    spoil: async (id) =>
      repository.change(at(id), {
        overrides: {
          body: 5,
          user: "nobody",
          created_at: "yesterday",
          html_url: "javascript:alert(1)",
          assignees: [null, { login: "" }],
          issue_dependencies_summary: "none",
          node_id: null,
        },
      }),
    corrupt: async (id) => repository.change(at(id), { overrides: { title: null } }),
    ignoreTransitions: async () => {
      repository.mayTriage = false;
    },
    comments: async (id) =>
      repository.comments.filter(({ issue }) => issue === at(id)).map(({ body }) => body),
    addComment: async (id, body) => {
      repository.comment(at(id), body);
    },
    links: async (id) =>
      repository.comments
        .filter(({ issue }) => issue === at(id))
        .flatMap(({ body }) => [...body.matchAll(/\]\(<([^>]+)>\)/g)].map(([, url = ""]) => url)),
  };
}
