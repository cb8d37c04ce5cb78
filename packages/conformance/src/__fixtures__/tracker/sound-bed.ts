import type { SignalboxError, Tracker } from "@signalbox/contracts";
import type { TrackerPlace, TrackerTestBed, TrackerWorld } from "../../tracker/tracker-test-bed.ts";
import { IssueService } from "./issue-service.ts";
import { ServiceClient } from "./service-client.ts";
import { SoundTracker } from "./sound-tracker.ts";

/** What somebody got wrong, in terms of what they got right. */
export interface Mistake {
  /** Methods that take the place of the sound ones. */
  readonly methods?: (sound: Tracker) => Partial<Tracker>;
  /** Between the adapter and the transport. */
  readonly fetch?: (fetch: typeof globalThis.fetch) => typeof globalThis.fetch;
  /** What the client fails with instead. */
  readonly error?: (error: SignalboxError, place: TrackerPlace) => Error;
  /** It logs nothing. */
  readonly isMute?: true;
}

/** An adapter that keeps every law, or all but those that the mistake breaks. */
export function soundBed(
  mistake: Mistake = {},
  onUse: (method: string) => void = () => undefined,
): TrackerTestBed {
  return {
    name: "sound",
    states: { waiting: "To Do", working: "In Progress", done: "Done" },
    withoutCursor: (reply) => ({
      ...reply,
      body: reply.body.replace(/"next":"\d+"/, '"next":null'),
    }),
    async create(place) {
      const service = new IssueService();
      const { context, transport, secret, requestTimeoutMs } = place;
      const fetch = mistake.fetch?.(transport.fetch) ?? transport.fetch;
      const client = new ServiceClient(await service.open(), secret, fetch, {
        timeoutMs: requestTimeoutMs,
        change: (error) => mistake.error?.(error, place) ?? error,
      });
      const mute = { ...context, logger: { log: () => undefined } };
      const sound = new SoundTracker(client, mistake.isMute ? mute : context);
      const tracker = changed(sound, mistake.methods?.(sound) ?? {}, onUse);
      return { tracker, world: worldOf(service), close: () => service.close() };
    },
  };
}

/** The tracker, with some of its methods replaced. */
function changed(
  tracker: Tracker,
  methods: Partial<Tracker>,
  onUse: (method: string) => void,
): Tracker {
  return new Proxy(tracker, {
    get(target, name) {
      onUse(String(name));
      const own: unknown = Reflect.get(methods, name);
      if (own !== undefined) return own;
      const value: unknown = Reflect.get(target, name);
      const bound: unknown = typeof value === "function" ? value.bind(target) : value;
      return bound;
    },
  });
}

export function worldOf(service: IssueService): TrackerWorld {
  return {
    async addIssues(seeds) {
      return seeds.map((seed) => {
        const id = `i${service.issues.size + 1}`;
        service.change(id, { ...seed, labels: seed.labels ?? [] });
        return id;
      });
    },
    stateOf: async (id) => service.issues.get(id)?.state ?? "gone",
    setState: async (id, state) => service.change(id, { state }),
    removeIssue: async (id) => service.remove(id),
    hold: async (id) => service.change(id, { held: "on hold" }),
    block: async (id, blockedBy) => service.change(id, { blockedBy }),
    spoil: async (id) => service.change(id, { priority: "urgent!", createdAt: "yesterday" }),
    corrupt: async (id) => service.change(id, { title: null }),
    async ignoreTransitions() {
      service.ignoresChanges = true;
    },
    comments: async (id) => (service.comments.get(id) ?? []).map(({ body }) => body),
    async addComment(id, body) {
      await new Promise((resolve) => setTimeout(resolve, 2));
      service.addComment(id, null, body);
    },
    links: async (id) => [...(service.links.get(id) ?? [])],
  };
}
