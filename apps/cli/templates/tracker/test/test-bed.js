import plugin from "../src/index.js";
import { Service } from "./service.js";

/** @type {import("@signalbox/conformance").TrackerTestBed} */
export const testBed = {
  name: "signalbox-tracker-example",
  states: { waiting: "To Do", working: "In Progress", done: "Done" },
  withoutCursor: (reply) => ({ ...reply, body: reply.body.replace(/"next":"\d+"/, '"next":null') }),
  lacks: { hold: "Every issue may be dispatched.", block: "Blockers are not read." },
  async create({ context, secret, requestTimeoutMs }) {
    const service = new Service();
    const { issues } = service;
    const options = { url: await service.open(), token: secret, timeoutMs: requestTimeoutMs };
    return {
      tracker: await plugin.create(options, context),
      close: () => service.close(),
      world: {
        async addIssues(seeds) {
          return seeds.map((seed) => {
            const id = `${issues.size + 1}`;
            issues.set(id, { ...seed, id, created: new Date().toISOString() });
            return id;
          });
        },
        stateOf: async (id) => issues.get(id).state,
        setState: async (id, state) => void Object.assign(issues.get(id), { state }),
        removeIssue: async (id) => void issues.delete(id),
        spoil: async (id) =>
          void Object.assign(issues.get(id), { created: "yesterday", priority: "urgent" }),
        corrupt: async (id) => void Object.assign(issues.get(id), { title: null }),
        async ignoreTransitions() {
          service.ignoresTransitions = true;
        },
      },
    };
  },
};
