import {
  type Issue,
  SignalboxError,
  type Tracker,
  type TrackerChanges,
  type TransitionResult,
} from "@signalbox/contracts";
import type { Mistake } from "./sound-bed.ts";
import { SoundTracker } from "./sound-tracker.ts";

type Change = NonNullable<Mistake["methods"]>;
type IssueChange = (issue: Issue) => Issue;

/** Of every read alike. */
function ofIssues(change: IssueChange): Change {
  return (sound) => ({
    fetchIssuesByStates: async (states, signal) =>
      (await sound.fetchIssuesByStates(states, signal)).map(change),
    fetchIssuesByIds: async (ids, signal) =>
      (await sound.fetchIssuesByIds(ids, signal)).map(change),
  });
}

function ofLists(change: (issues: readonly Issue[], states: readonly string[]) => readonly Issue[]): Change {
  return (sound) => ({
    fetchIssuesByStates: async (states, signal) =>
      change(await sound.fetchIssuesByStates(states, signal), states),
  });
}

function ofChanges(change: (changes: TrackerChanges) => TrackerChanges): Change {
  return (sound) => ({
    fetchChanges: async (cursor, signal) => change(await all(sound).fetchChanges(cursor, signal)),
  });
}

/** Every optional method is there. */
function all(sound: Tracker): SoundTracker {
  if (sound instanceof SoundTracker) return sound;
  throw new TypeError("another tracker");
}

function codeOf(error: unknown): string | null {
  return SignalboxError.isInstance(error) ? error.code : null;
}

const emptyPage = (): Response =>
  Response.json({ issues: [], removed: [], version: 0, hasMore: false, next: null });

/** A mistake for each law, by the law's id. */
export const mistakes: Readonly<Record<string, Mistake>> = {
  "issues-well-formed": {
    methods: ofIssues((issue) => ({ ...issue, state: issue.state.toLowerCase() })),
  },
  "instants-are-rfc-3339": {
    methods: ofIssues((issue) => ({
      ...issue,
      createdAt: issue.createdAt && new Date(issue.createdAt).toUTCString(),
    })),
  },
  "labels-are-normal": {
    methods: ofIssues((issue) => ({ ...issue, labels: issue.labels.map((label) => `${label} `) })),
  },
  "every-label-is-told": {
    methods: ofIssues((issue) => ({ ...issue, labels: issue.labels.slice(0, 100) })),
  },
  "every-blocker-is-told": {
    methods: ofIssues((issue) => ({ ...issue, blockedBy: issue.blockedBy.slice(0, 100) })),
  },
  "native-ref-is-json": {
    methods: ofIssues((issue) => ({ ...issue, nativeRef: { id: issue.id, rank: Number.NaN } })),
  },
  "asked-states-are-listed": {
    methods: ofLists((issues, states) => issues.filter(({ state }) => states.includes(state))),
  },
  "moved-issue-changes-lists": {
    methods: (sound) => {
      const first = new Map<string, string>();
      return {
        async fetchIssuesByStates(states, signal) {
          const issues = await sound.fetchIssuesByStates([...states, ...first.values()], signal);
          for (const { id, state } of issues) first.set(id, first.get(id) ?? state);
          const wanted = states.map((state) => state.trim().toLowerCase());
          return issues.filter(({ id }) => wanted.includes(first.get(id)?.toLowerCase() ?? ""));
        },
      };
    },
  },
  "no-states-no-request": {
    methods: (sound) => ({
      fetchIssuesByStates: async (states, signal) =>
        sound.fetchIssuesByStates(states.length === 0 ? ["none"] : states, signal),
    }),
  },
  "no-ids-no-request": {
    methods: (sound) => ({
      fetchIssuesByIds: async (ids, signal) =>
        sound.fetchIssuesByIds(ids.length === 0 ? ["none"] : ids, signal),
    }),
  },
  "every-page-in-order": {
    methods: ofLists((issues) => [...issues.slice(50), ...issues.slice(0, 50)]),
  },
  "by-id-in-full": {
    methods: (sound) => ({
      async fetchIssuesByIds(ids, signal) {
        const issues = await sound.fetchIssuesByIds(ids, signal);
        return ids.flatMap((id) => issues.find((issue) => issue.id === id) ?? []);
      },
    }),
  },
  "many-ids": {
    methods: (sound) => ({
      fetchIssuesByIds: async (ids, signal) => sound.fetchIssuesByIds(ids.slice(0, 50), signal),
    }),
  },
  "gone-is-left-out": {
    methods: (sound) => {
      const known = new Map<string, Issue>();
      return {
        async fetchIssuesByStates(states, signal) {
          const issues = await sound.fetchIssuesByStates(states, signal);
          for (const issue of issues) known.set(issue.id, issue);
          return issues;
        },
        async fetchIssuesByIds(ids, signal) {
          const issues = await sound.fetchIssuesByIds(ids, signal);
          const lost = ids.filter((id) => !issues.some((issue) => issue.id === id));
          return [...issues, ...lost.flatMap((id) => known.get(id) ?? [])];
        },
      };
    },
  },
  "held-issue-says-why": {
    methods: ofIssues((issue) => ({ ...issue, notDispatchable: issue.notDispatchable && " " })),
  },
  "held-issue-is-listed": {
    methods: ofLists((issues) => issues.filter(({ notDispatchable }) => notDispatchable === null)),
  },
  "spoilt-metadata-is-dropped": {
    methods: ofLists((issues) => issues.filter(({ createdAt }) => createdAt !== null)),
  },
  "corrupt-record-is-left-out": { isMute: true },
  "corrupt-record-fails-by-id": {
    methods: (sound) => ({
      async fetchIssuesByIds(ids, signal) {
        try {
          return await sound.fetchIssuesByIds(ids, signal);
        } catch (error) {
          if (error instanceof Error && error.message === "a record is no issue") return [];
          throw error;
        }
      },
    }),
  },
  "failed-page-fails": {
    fetch: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      return response.status === 500 && String(input).includes("after=") ? emptyPage() : response;
    },
  },
  "lost-cursor-fails": {
    fetch: (fetch) => async (input, init) => {
      const text = await (await fetch(input, init)).clone().text();
      return text.includes('"next":null') ? new Response(text.replace('"hasMore":true', '"hasMore":false')) : fetch(input, init);
    },
  },
  "repeated-page-fails": {
    fetch: (fetch) => {
      let last = "";
      return async (input, init) => {
        const response = await fetch(input, init);
        const text = await response.clone().text();
        if (!text.includes('"hasMore":true')) return response;
        const isRepeated = text === last && String(input).includes("after=");
        last = text;
        return isRepeated ? new Response(text.replace('"hasMore":true', '"hasMore":false')) : response;
      };
    },
  },
  "refusals-are-auth-errors": {
    error: (error) =>
      error.code === "tracker_auth" ? new SignalboxError("tracker_config", error.message) : error,
  },
  "server-failures-are-retryable": {
    error: (error) =>
      error.code === "tracker_status" ? new SignalboxError("tracker_status", error.message) : error,
  },
  "lost-connections-are-transport-errors": {
    error: (error) =>
      error.message.includes("no connection")
        ? new SignalboxError("tracker_status", error.message, { retryable: true })
        : error,
  },
  "silence-ends": {
    error: (error) =>
      error.message.includes("silent") ? new SignalboxError("tracker_status", error.message) : error,
  },
  "unreadable-replies-are-payload-errors": {
    fetch: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      return response.headers.get("content-type") === "text/html" ? emptyPage() : response;
    },
  },
  "trouble-is-not-absence": {
    fetch: (fetch) => async (input, init) => {
      const response = await fetch(input, init);
      const isPlain = response.status === 429 && !response.headers.has("retry-after");
      return isPlain ? emptyPage() : response;
    },
  },
  "retry-after-is-told": {
    error: (error) =>
      error.code === "tracker_rate_limited"
        ? new SignalboxError(error.code, error.message, { retryable: true })
        : error,
  },
  "calls-stay-apart": {
    methods: (sound) => {
      let pending: Promise<readonly Issue[]> | null = null;
      return {
        async fetchIssuesByIds(ids, signal) {
          signal.throwIfAborted();
          pending ??= sound.fetchIssuesByIds(ids, signal).finally(() => {
            pending = null;
          });
          return pending;
        },
      };
    },
  },
  "aborted-call-sends-nothing": {
    methods: (sound) => ({
      fetchComments: async (id, after, signal) =>
        all(sound).fetchComments(id, after, signal.aborted ? never : signal),
    }),
  },
  "abort-ends-call": {
    methods: (sound) => ({
      async fetchIssuesByIds(ids, signal) {
        signal.throwIfAborted();
        return sound.fetchIssuesByIds(ids, never);
      },
    }),
  },
  "first-read-is-full": {
    methods: ofChanges((changes) =>
      changes.kind === "full"
        ? { ...changes, issues: changes.issues.filter(({ state }) => state !== "Done") }
        : changes,
    ),
  },
  "quiet-tracker-is-unchanged": {
    methods: (sound) => ({
      fetchChanges: async (_, signal) => all(sound).fetchChanges(null, signal),
    }),
  },
  "changes-are-told": {
    methods: ofChanges((changes) =>
      changes.kind === "changes"
        ? { ...changes, issues: changes.issues.filter(({ state }) => state !== "Done") }
        : changes,
    ),
  },
  "removed-issue-is-told": {
    methods: (sound) => {
      let last: readonly Issue[] = [];
      return {
        async fetchChanges(cursor, signal) {
          const changes = await all(sound).fetchChanges(cursor, signal);
          if (changes.kind === "full") last = changes.issues;
          if (changes.kind !== "changes") return changes;
          const lost = last.filter(({ id }) => changes.removedIds.includes(id));
          return { ...changes, removedIds: [], issues: [...changes.issues, ...lost] };
        },
      };
    },
  },
  "strange-cursor-is-full": {
    methods: (sound) => ({
      async fetchChanges(cursor, signal) {
        if (cursor === null || /^\d+$/.test(cursor)) return all(sound).fetchChanges(cursor, signal);
        throw new SignalboxError("tracker_pagination", "the cursor is of another version");
      },
    }),
  },
  "description-is-stable": {
    methods: (sound) => ({
      describe: async (signal) => ({
        ...(await all(sound).describe(signal)),
        scope: `${Math.random()}`,
      }),
    }),
  },
  "transition-is-confirmed": {
    methods: (sound) => ({
      async transition(id, order, signal) {
        const [issue] = await sound.fetchIssuesByIds([id], signal);
        return issue !== undefined && order.from !== null && ![issue.state, "To Do"].includes(order.from)
          ? { kind: "conflict", issue }
          : all(sound).transition(id, order, signal);
      },
    }),
  },
  "transition-is-repeatable": {
    methods: (sound) => remembering(sound, (result) => result?.kind === "confirmed", {
      kind: "rejected",
      reason: "It was made before.",
    }),
  },
  "landed-transition-is-confirmed": {
    methods: (sound) => remembering(sound, (result) => result === null, {
      kind: "rejected",
      reason: "It was tried before.",
    }),
  },
  "moved-by-others-is-a-conflict": {
    methods: (sound) => ({
      transition: async (id, order, signal) =>
        all(sound).transition(id, { ...order, from: null }, signal),
    }),
  },
  "ignored-transition-is-rejected": {
    methods: (sound) => ({
      async transition(id, order, signal) {
        const result = await all(sound).transition(id, order, signal);
        const [issue] = await sound.fetchIssuesByIds([id], signal);
        return result.kind === "rejected" && issue !== undefined
          ? { kind: "confirmed", issue: { ...issue, state: order.to } }
          : result;
      },
    }),
  },
  "write-to-gone-fails": {
    methods: (sound) => {
      let last: Issue | undefined;
      return {
        async fetchIssuesByStates(states, signal) {
          const issues = await sound.fetchIssuesByStates(states, signal);
          [last] = issues;
          return issues;
        },
        async transition(id, order, signal) {
          try {
            return await all(sound).transition(id, order, signal);
          } catch (error) {
            if (codeOf(error) !== "tracker_status" || last === undefined) throw error;
            return { kind: "confirmed", issue: last };
          }
        },
      };
    },
  },
  "aborted-write-is-not-made": {
    methods: (sound) => {
      let last: Promise<unknown> = Promise.resolve();
      return {
        async transition(id, order, signal) {
          signal.throwIfAborted();
          const turn = last.then(() => all(sound).transition(id, order, never));
          last = turn.catch(() => null);
          const aborted = Promise.withResolvers<never>();
          signal.addEventListener("abort", () => aborted.reject(signal.reason));
          return Promise.race([turn, aborted.promise]);
        },
      };
    },
  },
  "limit-is-not-hammered": {
    methods: (sound) => ({
      async transition(id, order, signal) {
        for (let left = 3; ; left -= 1) {
          try {
            return await all(sound).transition(id, order, signal);
          } catch (error) {
            if (left === 0 || codeOf(error) !== "tracker_rate_limited") throw error;
          }
        }
      },
    }),
  },
  "comment-is-there-once": {
    methods: (sound) => {
      const written = new Map<string, Awaited<ReturnType<SoundTracker["ensureComment"]>>>();
      return {
        async ensureComment(id, order, signal) {
          signal.throwIfAborted();
          const key = `${id} ${order.key}`;
          const receipt = written.get(key) ?? (await all(sound).ensureComment(id, order, signal));
          written.set(key, receipt);
          return receipt;
        },
      };
    },
  },
  "landed-comment-is-there-once": {
    methods: (sound) => {
      let failures = 0;
      return {
        async ensureComment(id, { key, body }, signal) {
          try {
            const order = { key: `${key}-${failures}`, body };
            return await all(sound).ensureComment(id, order, signal);
          } catch (error) {
            failures += 1;
            throw error;
          }
        },
      };
    },
  },
  "receipt-tells-the-first-writing": {
    methods: (sound) => ({
      async ensureComment(id, order, signal) {
        await all(sound).ensureComment(id, order, signal);
        return { writtenAt: new Date().toISOString() };
      },
    }),
  },
  "comments-of-people": {
    methods: (sound) => ({
      fetchComments: async (id, _, signal) => all(sound).fetchComments(id, null, signal),
    }),
  },
  "copied-comment-is-a-persons": {
    methods: (sound) => {
      const ours = new Set<string>();
      return {
        async ensureComment(id, order, signal) {
          ours.add(order.body);
          return all(sound).ensureComment(id, order, signal);
        },
        async fetchComments(id, after, signal) {
          const comments = await all(sound).fetchComments(id, after, signal);
          return comments.filter(({ body }) => !ours.has(body.split("\n")[0] ?? ""));
        },
      };
    },
  },
  "claim-is-repeatable": {
    methods: (sound) => {
      const held = new Set<string>();
      return {
        async claim(id, order, signal) {
          if (held.has(id)) throw new SignalboxError("tracker_status", "it is claimed");
          await all(sound).claim(id, order, signal);
          held.add(id);
        },
      };
    },
  },
  "link-is-there-once": {
    methods: (sound) => {
      let links = 0;
      return {
        async attachLink(id, link, signal) {
          links += 1;
          await all(sound).attachLink(id, { ...link, url: `${link.url}#${links}` }, signal);
        },
      };
    },
  },
  "tools-are-described": {
    methods: (sound) => ({
      agentTools: () =>
        all(sound).agentTools().map((tool) => ({
          ...tool,
          call: async () => ({ kind: "ok", output: null }),
        })),
    }),
  },
  "strange-delivery-is-refused": {
    methods: () => ({
      webhook: async () => ({ kind: "accepted", deliveryKey: "1", issueIds: null, signals: [] }),
    }),
  },
  "secrets-stay-inside": {
    error: ({ code, message, retryable, retryAfterMs }, { secret }) =>
      new SignalboxError(code, message, {
        retryable,
        ...(retryAfterMs === null ? {} : { retryAfterMs }),
        cause: new Error(`sent was authorization: Bearer ${secret}`),
      }),
  },
  "polls-are-frugal": {
    methods: (sound) => {
      const known = new Set<string>();
      return {
        async fetchChanges(cursor, signal) {
          const changes = await all(sound).fetchChanges(cursor, signal);
          const issues = changes.kind === "unchanged" ? [] : changes.issues;
          for (const { id } of issues) known.add(id);
          if (cursor === null) return changes;
          for (const id of known) await sound.fetchIssuesByIds([id], signal);
          return changes;
        },
      };
    },
  },
  "close-ends-it": {
    methods: (sound) => ({
      async close() {
        setTimeout(() => void sound.fetchIssuesByIds(["late"], never).catch(() => null), 50);
      },
    }),
  },
};

const never = new AbortController().signal;

/** Answers a repeated key with `repeated`, where `counts` says so of its first result (`null`: it failed). */
function remembering(
  sound: Tracker,
  counts: (result: TransitionResult | null) => boolean,
  repeated: TransitionResult,
): Partial<Tracker> {
  const known = new Set<string>();
  return {
    async transition(id, order, signal) {
      signal.throwIfAborted();
      if (known.has(`${id} ${order.key}`)) return repeated;
      let result: TransitionResult | null = null;
      try {
        result = await all(sound).transition(id, order, signal);
        return result;
      } finally {
        if (counts(result)) known.add(`${id} ${order.key}`);
      }
    },
  };
}
