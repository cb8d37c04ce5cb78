import type { TrackerTestBed, TrackerWorld } from "@signalbox/conformance";
import type { GitlabOptions } from "../gitlab-options.ts";
import { GitlabTrackerAdapter } from "../gitlab-tracker.ts";
import { FakeGitlab } from "./fake-gitlab.ts";
import type { FakeProject } from "./fake-project.ts";

/** The adapter with its states as labels, over the fake: `premium` has blocking links, `free` has none. */
export function gitlabTestBed(
  name: string,
  tier: "free" | "premium" = "free",
  options: GitlabOptions = {},
): TrackerTestBed {
  return {
    name,
    states: { waiting: "todo", working: "in-progress", done: "done" },
    pageSize: 100,
    ...(tier === "free" ? { lacks: { block: "Free has no links that block." } } : {}),
    withoutCursor: (reply) => {
      const { link = "", "x-next-page": _, "x-total-pages": __, ...headers } = reply.headers;
      const links = link.replaceAll(/<[^>]*>; rel="next",?\s*/g, "").replace(/,\s*$/, "");
      return { ...reply, headers: { ...headers, link: links } };
    },
    create: async ({ context, secret, requestTimeoutMs }) => {
      const gitlab = await FakeGitlab.start();
      gitlab.token = secret;
      gitlab.project.isPremium = tier === "premium";
      const adapter = new GitlabTrackerAdapter(
        {
          project: "tide/tables",
          token: secret,
          endpoint: gitlab.endpoint,
          timeoutMs: requestTimeoutMs,
          writeIntervalMs: 0,
          claimAssignee: "signal-worker",
          webhookSecret: "a-secret-of-the-hook",
          ...options,
        },
        context,
      );
      return {
        tracker: adapter,
        world: worldOf(gitlab.project),
        close: async () => {
          await gitlab.close();
          if (gitlab.problems.length > 0) throw new Error(gitlab.problems.join("\n"));
        },
      };
    },
  };
}

function worldOf(project: FakeProject): TrackerWorld {
  const stateParts = (state: string): Parameters<FakeProject["change"]>[1] =>
    state === "done"
      ? { state: "closed", labels: [] }
      : { state: "opened", labels: [`status::${state}`] };
  return {
    addIssues: async (seeds) =>
      seeds.map(({ title, state, labels = [] }) => {
        const iid = project.issues.size + 1;
        const parts = stateParts(state);
        project.add({ iid, title, ...parts, labels: [...(parts.labels ?? []), ...labels] });
        return String(iid);
      }),
    stateOf: async (id) => {
      const issue = project.get(Number(id));
      if (issue.state === "closed") return "done";
      return issue.labels.find((label) => label.startsWith("status::"))?.slice(8) ?? "no-status";
    },
    setState: async (id, state) => {
      const { labels = [], state: wanted = "opened" } = stateParts(state);
      const isSame = project.get(Number(id)).state === wanted;
      project.change(Number(id), isSame ? { labels } : { labels, state: wanted });
    },
    removeIssue: async (id) => {
      project.issues.delete(Number(id));
    },
    hold: async (id) => project.change(Number(id), { author: "stranger" }),
    block: async (id, blockers) =>
      project.change(Number(id), { blockedBy: blockers.map(Number) }),
    spoil: async (id) =>
      project.change(Number(id), {
        overrides: {
          description: 5,
          author: "nobody",
          created_at: "yesterday",
          web_url: "javascript:alert(1)",
          assignees: [null, { username: "" }],
          blocking_issues_count: "none",
          weight: -1,
          references: null,
          id: "x",
        },
      }),
    corrupt: async (id) => project.change(Number(id), { overrides: { title: null } }),
    ignoreTransitions: async () => {
      project.mayTriage = false;
    },
    comments: async (id) =>
      project.notes.filter(({ issue }) => issue === Number(id)).map(({ body }) => body),
    addComment: async (id, body) => {
      project.note(Number(id), body);
    },
    links: async (id) =>
      project.notes
        .filter(({ issue }) => issue === Number(id))
        .flatMap(({ body }) => [...body.matchAll(/\]\(<([^>]+)>\)/g)].map(([, url = ""]) => url)),
  };
}
