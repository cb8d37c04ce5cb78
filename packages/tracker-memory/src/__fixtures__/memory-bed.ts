import type { TrackerTestBed } from "@signalbox/conformance";
import { MemoryTracker } from "../index.ts";

const ownRecords = "Its records come from a program: the types and the schema of its options keep them whole.";

export const memoryBed: TrackerTestBed = {
  name: "@signalbox/tracker-memory",
  states: { waiting: "Todo", working: "In-Progress", done: "Done" },
  transport: "It sends no request.",
  lacks: {
    spoil: ownRecords,
    corrupt: ownRecords,
    ignoreTransitions: "It makes every transition that it takes.",
    links: "It keeps no links.",
  },
  create() {
    const tracker = new MemoryTracker();
    const stateOf = async (id: string): Promise<string> => {
      const [issue] = await tracker.fetchIssuesByIds([id], new AbortController().signal);
      return issue?.state ?? "gone";
    };
    let added = 0;
    return {
      tracker,
      world: {
        async addIssues(seeds) {
          return seeds.map((seed) => {
            added += 1;
            return tracker.put({ ...seed, identifier: `M-${added}` }).id;
          });
        },
        stateOf,
        setState: async (id, state) => void tracker.put({ identifier: id, state }),
        removeIssue: async (id) => tracker.remove(id),
        hold: async (id) => void tracker.put({ identifier: id, notDispatchable: "on hold" }),
        block: async (id, blockers) =>
          void tracker.put({
            identifier: id,
            blockedBy: blockers.map((of) => ({ id: of, identifier: of, state: null, stateKind: null })),
          }),
        comments: async (id) => tracker.comments(id).map(({ body }) => body),
        async addComment(id, body) {
          await new Promise((resolve) => setTimeout(resolve, 2));
          tracker.addComment(id, "somebody", body);
        },
      },
    };
  },
};
