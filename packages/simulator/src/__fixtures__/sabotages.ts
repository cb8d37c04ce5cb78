import type { CommentReceipt, JournalEntry, NewJournalEntry, RunObserver } from "@signalbox/contracts";
import type { AlterPorts } from "../daemons.ts";
import type { Rule } from "../violation.ts";

/** A bug that somebody could make, planted between a daemon and the world, and what must see it. */
export interface Sabotage {
  readonly name: string;
  readonly alter: AlterPorts;
  /** One of these is broken first. */
  readonly rules: readonly Rule[];
}

export const sabotages: readonly Sabotage[] = [
  {
    name: "a claim is dropped on its way to the journal",
    rules: ["claim-phase", "start-without-intent"],
    alter: (ports) => withEntries(ports, (entries) => entries.map((entry) => without(entry, "run-claimed"))),
  },
  {
    name: "an outcome is applied twice",
    rules: ["outcome-once"],
    alter: (ports) =>
      withEntries(ports, (entries) =>
        entries.flatMap((entry) => (entry.type === "run-ended" ? [entry, entry] : [entry])),
      ),
  },
  {
    name: "the epoch is not checked",
    rules: ["claim-phase", "one-live-agent", "start-without-intent", "replay", "effect-once", "outcome-once", "outcome-lost", "stall", "stop", "cap"],
    alter: (ports, { disk }) => ({
      ...ports,
      journal: {
        ...ports.journal,
        append: (version, _epoch, entries, key) =>
          ports.journal.append(Math.max(version, disk.entries.length), disk.epoch, entries, `${key} ${disk.epoch}`),
      },
    }),
  },
  {
    name: "what a dead runner left behind is not killed",
    rules: ["agent-outlives-run", "one-live-agent"],
    alter: (ports, world) => ({
      ...ports,
      runHost: changed(ports.runHost, {
        recover: async (recovery, observer) => {
          const run = world.runs.runs.get(recovery.runId);
          return run?.runner === "dead" && run.outcome === null
            ? "gone"
            : ports.runHost.recover(recovery, observer);
        },
      }),
    }),
  },
  {
    name: "acknowledged entries are lost with the daemon",
    rules: ["replay", "acknowledged-entry-lost", "claim-phase", "start-without-intent", "started-twice", "one-live-agent", "effect-once"],
    alter: (ports, { disk }) => ({
      ...ports,
      journal: {
        ...ports.journal,
        acquire: (owner) => {
          disk.entries.splice(Math.max(0, disk.entries.length - 3));
          return ports.journal.acquire(owner);
        },
      },
    }),
  },
  {
    name: "effects start before the journal is durable",
    rules: ["start-without-intent", "replay", "acknowledged-entry-lost", "claim-phase"],
    alter: (ports) => ({
      ...ports,
      journal: {
        ...ports.journal,
        append: async (version, epoch, entries, key) => {
          const late = ports.clock.setTimer(5_000, () => {
            ports.journal.append(version, epoch, entries, key).catch(() => late);
          });
          return version + entries.length;
        },
      },
    }),
  },
  {
    name: "a run is started twice",
    rules: ["started-twice", "one-live-agent"],
    alter: (ports, world) => ({
      ...ports,
      runHost: changed(ports.runHost, {
        start: async (order, observer) => {
          await ports.runHost.start(order, observer);
          world.runs.spawn(world, order);
        },
      }),
    }),
  },
  {
    name: "the cap of the workflow file is ignored",
    rules: ["cap"],
    alter: (ports) => ({
      ...ports,
      config: {
        ...ports.config,
        current: () => {
          const config = ports.config.current();
          return { ...config, agent: { ...config.agent, maxConcurrentAgents: 100 } };
        },
      },
    }),
  },
  {
    name: "a delivery forgets what its key stands for",
    rules: ["delivery-once"],
    alter: (ports, world) => ({
      ...ports,
      delivery: {
        ...ports.delivery,
        deliver: async (order, signal) => {
          world.deliveries.forget(order.key);
          return ports.delivery.deliver(order, signal);
        },
      },
    }),
  },
  {
    name: "an answer between two turns is lost",
    rules: ["answer-lost", "liveness"],
    alter: (ports) => {
      let count = 0;
      const deaf = (observer: RunObserver): RunObserver => ({
        onEvent: (event) => observer.onEvent(event),
        onTurnEnded: async (turn) => {
          const reply = await observer.onTurnEnded(turn);
          count += 1;
          return count % 3 === 0 ? new Promise(() => undefined) : reply;
        },
      });
      return {
        ...ports,
        runHost: changed(ports.runHost, {
          start: (order, observer) => ports.runHost.start(order, deaf(observer)),
          recover: (recovery, observer) => ports.runHost.recover(recovery, deaf(observer)),
        }),
      };
    },
  },
  {
    name: "a failure is retried without backoff",
    rules: ["backoff"],
    alter: (ports) => ({
      ...ports,
      config: {
        ...ports.config,
        current: () => {
          const config = ports.config.current();
          return { ...config, agent: { ...config.agent, maxRetryBackoffMs: 0 } };
        },
      },
    }),
  },
  {
    name: "the outcome that a run left is not read",
    rules: ["outcome-lost", "agent-outlives-run"],
    alter: (ports) => ({
      ...ports,
      runHost: changed(ports.runHost, { recover: async () => "gone" as const }),
    }),
  },
  {
    name: "a person's answer is not read",
    rules: ["answer-lost"],
    alter: (ports) => ({
      ...ports,
      tracker: { ...ports.tracker, fetchComments: async () => [] },
    }),
  },
  {
    name: "releases that are lost count as made",
    rules: ["claim-mark"],
    alter: (ports) => {
      let count = 0;
      return {
        ...ports,
        tracker: {
          ...ports.tracker,
          release: async (issueId, order, signal) => {
            count += 1;
            if (count % 3 !== 0) await ports.tracker.release?.(issueId, order, signal);
          },
        },
      };
    },
  },
  {
    name: "a stop that arrives while the start is under way is dropped",
    rules: ["stop"],
    alter: (ports) => {
      const starting = new Set<string>();
      return {
        ...ports,
        runHost: changed(ports.runHost, {
          start: async (order, observer) => {
            starting.add(order.runId);
            await ports.runHost.start(order, observer).finally(() => starting.delete(order.runId));
          },
          stop: async (runId, reason) => {
            if (!starting.has(runId)) await ports.runHost.stop(runId, reason);
          },
        }),
      };
    },
  },
  {
    name: "what was written once is never written again",
    rules: ["last-word", "claim-mark"],
    alter: (ports) => {
      const { tracker } = ports;
      const receipts = new Map<string, CommentReceipt>();
      const written = new Set<string>();
      return {
        ...ports,
        tracker: {
          ...tracker,
          ensureComment: async (issueId, order, signal) => {
            const text = `${order.key} ${order.body}`;
            const known = receipts.get(text) ?? (await tracker.ensureComment?.(issueId, order, signal));
            receipts.set(text, known ?? { writtenAt: null });
            return known ?? { writtenAt: null };
          },
          release: async (issueId, order, signal) => {
            if (!written.has(order.key)) await tracker.release?.(issueId, order, signal);
            written.add(order.key);
          },
        },
      };
    },
  },
  {
    name: "wake-ups are lost",
    rules: ["liveness", "answer-lost", "unbounded", "stop"],
    alter: (ports) => {
      let count = 0;
      return {
        ...ports,
        clock: {
          ...ports.clock,
          setTimer: (delayMs, callback) => {
            count += 1;
            const isLost = count % 40 === 0;
            return isLost ? { [Symbol.dispose]: () => undefined } : ports.clock.setTimer(delayMs, callback);
          },
        },
      };
    },
  },
];

type Ports = Parameters<AlterPorts>[0];

function withEntries(
  ports: Ports,
  change: (entries: readonly NewJournalEntry[]) => readonly NewJournalEntry[],
): Ports {
  return {
    ...ports,
    journal: {
      ...ports.journal,
      append: async (version, epoch, entries, key) => {
        const wanted = version + entries.length;
        const written = await ports.journal.append(version, epoch, change(entries), key);
        return Math.max(wanted, written);
      },
    },
  };
}

function without(entry: NewJournalEntry, type: string): NewJournalEntry {
  const data = entry.data as { readonly decided: readonly { readonly type: string }[] };
  const decided = data.decided.filter((fact) => fact.type !== type);
  return { ...entry, data: { input: null, decided } as JournalEntry["data"] };
}

function changed(host: Ports["runHost"], more: Partial<Ports["runHost"]>): Ports["runHost"] {
  return {
    start: (order, observer) => host.start(order, observer),
    stop: (runId, reason) => host.stop(runId, reason),
    recover: (recovery, observer) => host.recover(recovery, observer),
    close: (how) => host.close(how),
    ...more,
  };
}

