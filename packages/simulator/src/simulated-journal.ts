import {
  SignalboxError,
  type Journal,
  type JournalEntry,
  type NewJournalEntry,
} from "@signalbox/contracts";
import type { DaemonLife, Latency, Reply } from "./daemon-life.ts";
import type { World } from "./world.ts";

const latency: Latency = [0, 4];
/** The longest time before a daemon tries a write again. */
const retryMs = 30_000;

interface Append {
  readonly expectedVersion: number;
  readonly epoch: number;
  readonly entries: readonly NewJournalEntry[];
  readonly idempotencyKey: string;
}

/** The `Journal` port of one daemon, on a disk that can be full, fail, and keep what it said it had not kept. */
export function createSimulatedJournal(life: DaemonLife, world: World): Journal {
  const { disk } = world;
  return {
    acquire: () =>
      life.call("acquire", life.name, latency, ({ resolve, reject }) => {
        const { holder } = disk;
        if (holder !== null && holder !== life && holder.status === "running") {
          reject(new SignalboxError("journal_locked", `${holder.name} holds the journal`));
          return;
        }
        disk.holder = life;
        disk.epoch += 1;
        life.epoch = disk.epoch;
        resolve({ epoch: disk.epoch, version: disk.entries.length });
      }),
    append: async (expectedVersion, epoch, entries, idempotencyKey) => {
      const version = await life.call<number>("append", idempotencyKey, latency, (reply) =>
        append({ expectedVersion, epoch, entries, idempotencyKey }, world, reply),
      );
      life.ackedVersion = version;
      return version;
    },
    read: (after) => readAll(after, life, world),
    saveSnapshot: (snapshot) =>
      life.call("snapshot", String(snapshot.seq), latency, ({ resolve }) => {
        disk.save(snapshot);
        resolve(undefined);
      }),
    loadSnapshot: () =>
      life.call("load snapshot", "", latency, ({ resolve }) => resolve(disk.snapshot)),
    owner: () => Promise.resolve(null),
    close: () =>
      life.call("close journal", life.name, latency, ({ resolve }) => {
        if (disk.holder === life) disk.holder = null;
        resolve(undefined);
      }),
  };
}

function append(order: Append, world: World, reply: Reply<number>): void {
  const { disk, faults, auditor } = world;
  const known = disk.versionOf(order.idempotencyKey);
  if (order.epoch < disk.epoch) {
    reply.reject(new SignalboxError("journal_fenced", `epoch ${order.epoch} is over`));
  } else if (known !== null) {
    reply.resolve(known);
  } else if (order.expectedVersion !== disk.entries.length) {
    reply.reject(new SignalboxError("journal_stale_version", `${disk.entries.length} entries`));
  } else if (disk.isFull) {
    reply.reject(new SignalboxError("journal_full", "no space is left", { retryable: true }));
  } else if (faults.strikes("journal")) {
    if (faults.pick(troubles) === "journal write failed after it was durable") {
      auditor.onDurable(disk.entries.slice(write(order, world)), retryMs);
    }
    reply.reject(new SignalboxError("journal_io", "input/output error", { retryable: true }));
  } else {
    const before = write(order, world);
    auditor.onDurable(disk.entries.slice(before), 0);
    reply.resolve(disk.entries.length);
  }
}

const troubles = ["journal write failed", "journal write failed after it was durable"] as const;

/** Returns how many entries there were before. */
function write({ epoch, entries, idempotencyKey }: Append, { disk }: World): number {
  const before = disk.entries.length;
  disk.write(epoch, entries, idempotencyKey);
  return before;
}

async function* readAll(
  after: number,
  life: DaemonLife,
  { disk }: World,
): AsyncIterable<JournalEntry> {
  const entries = await life.call<readonly JournalEntry[]>(
    "read journal",
    String(after),
    latency,
    ({ resolve }) => resolve(disk.entries.slice(after)),
  );
  yield* entries;
}
