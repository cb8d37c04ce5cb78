import type { TrackerTestBed, TrackerWorld } from "@signalbox/conformance";
import { LinearTrackerAdapter } from "../linear-tracker-adapter.ts";
import { LinearTrackerExtension } from "../linear-tracker-extension.ts";
import { LinearServer } from "./linear-server.ts";
import type { StoredTeam } from "./linear-store.ts";

const states = [
  ["Todo", "unstarted"],
  ["In Progress", "started"],
  ["Done", "completed"],
] as const;

/** The adapter by a person's API key, or the extension by an app's token, over the server for tests. */
export function linearTestBed(name: string, kind: "person" | "app"): TrackerTestBed {
  return {
    name,
    states: { waiting: "Todo", working: "In Progress", done: "Done" },
    lacks: { hold: "Linear knows no issue that must not be worked on." },
    withoutCursor: (reply) => ({
      ...reply,
      body: reply.body.replaceAll(/"endCursor":"[^"]*"/g, '"endCursor":null'),
    }),
    create: async ({ context, secret, requestTimeoutMs }) => {
      const server = await LinearServer.start();
      const team = server.store.addTeam("ENG", states);
      server.store.addLabel("claimed");
      const user = server.store.addUser("Signalbox", kind === "app");
      server.tokens.set(kind === "app" ? `Bearer ${secret}` : secret, user);
      const options = {
        teamKey: "ENG",
        endpoint: server.url,
        timeoutMs: requestTimeoutMs,
        claimLabel: "claimed",
        webhookSecret: "a-secret-of-the-hook",
      };
      const tracker =
        kind === "app"
          ? new LinearTrackerExtension({ ...options, token: secret}, context)
          : new LinearTrackerAdapter({ ...options, apiKey: secret}, context);
      return {
        tracker,
        world: worldOf(server, team),
        close: () => server[Symbol.asyncDispose](),
      };
    },
  };
}

function worldOf(server: LinearServer, team: StoredTeam): TrackerWorld {
  const { store } = server;
  const damage = new Map<string, Readonly<Record<string, unknown>>>();
  server.tamper = (data) => damaged(data, damage);
  const person = store.addUser("Passer-by");
  return {
    addIssues: async (seeds) =>
      seeds.map(({ title, state, labels = [] }) => {
        const labelIds = labels.map((label) => store.addLabel(label).id);
        return store.addIssue(team, state, { title, labelIds }).id;
      }),
    stateOf: async (id) => {
      const { stateId } = store.issue(id);
      return team.states.find((state) => state.id === stateId)?.name ?? "";
    },
    setState: async (id, state) => store.move(id, state),
    removeIssue: async (id) => store.changeIssue(id, { archivedAt: store.now(), trashed: true }),
    block: async (id, blockers) => {
      for (const blocker of blockers) store.block(store.issue(blocker), store.issue(id));
      store.changeIssue(id, {});
    },
    spoil: async (id) => {
      const odd = { priority: "urgent", createdAt: "yesterday", url: "javascript:alert(1)" };
      damage.set(id, { ...odd, labels: 5, inverseRelations: null, assignee: [], project: "none" });
      store.changeIssue(id, {});
    },
    corrupt: async (id) => {
      damage.set(id, { title: null });
      store.changeIssue(id, {});
    },
    ignoreTransitions: async () => {
      store.ignoresUpdates = true;
    },
    comments: async (id) =>
      [...store.comments.values()].filter(({ issueId }) => issueId === id).map(({ body }) => body),
    addComment: async (id, body) => {
      store.addComment(id, person, body);
    },
    links: async (id) =>
      store.attachments.filter(({ issueId }) => issueId === id).map(({ url }) => url),
  };
}

/** The records of an answer with other fields, by id, at any depth. */
function damaged(data: unknown, damage: ReadonlyMap<string, Readonly<Record<string, unknown>>>): unknown {
  if (Array.isArray(data)) return data.map((item: unknown) => damaged(item, damage));
  if (typeof data !== "object" || data === null) return data;
  const fields = Object.entries(data).map(([key, value]) => [key, damaged(value, damage)] as const);
  const own = "identifier" in data && "id" in data ? damage.get(String(data.id)) : undefined;
  return { ...Object.fromEntries(fields), ...own };
}
