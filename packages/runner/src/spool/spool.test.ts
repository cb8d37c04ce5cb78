import fs, {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 as referenceCrc32 } from "node:zlib";
import type { AgentEvent, RunEvent } from "@signalbox/contracts";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crc32 } from "./crc32.ts";
import { SpoolReader } from "./spool-reader.ts";
import type { SpoolEntry } from "./spool-record.ts";
import { SpoolWriter } from "./spool-writer.ts";

const everything = Number.POSITIVE_INFINITY;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-spool-"));
  path = join(folder, "spool");
});

afterEach(() => rmSync(folder, { recursive: true }));

function message(text: string, spoolSeq = 1): SpoolEntry {
  const event: RunEvent = {
    type: "agent-event",
    spoolSeq,
    at: 0,
    event: { type: "message", role: "agent", text },
  };
  return { kind: "event", event };
}

function write(entries: readonly SpoolEntry[]): void {
  const writer = new SpoolWriter({ path, now: () => 0 });
  for (const entry of entries) writer.offer(entry);
  writer.close();
}

function told(spoolSeq: number, event: AgentEvent): SpoolEntry {
  return { kind: "event", event: { type: "agent-event", spoolSeq, at: 0, event } };
}

function usage(inputTokens: number): AgentEvent {
  const none = { outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, costUsd: null };
  return { type: "usage", usage: { pool: "p", inputTokens, ...none } };
}

async function readAll(reader = new SpoolReader(path), limit = everything): Promise<SpoolEntry[]> {
  const entries: SpoolEntry[] = [];
  for (;;) {
    const records = await reader.read(limit);
    if (records.length === 0) return entries;
    entries.push(...records.map(({ entry }) => entry));
  }
}

describe("a spool", () => {
  it("R-506 gives back what was written, whatever the texts", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: "binary", maxLength: 200 })), async (texts) => {
        rmSync(path, { force: true });
        const entries = texts.map((text) => message(text.toWellFormed()));
        write(entries);
        expect(await readAll()).toEqual(entries);
      }),
      { numRuns: 50 },
    );
  });

  it("R-702 cut off anywhere, has all that is whole before the cut, and goes on behind it", async () => {
    const entries = ["one", "two", "three"].map((text) => message(text));
    write(entries);
    const whole = readFileSync(path);
    for (let length = whole.length; length >= 0; length -= 7) {
      truncateSync(path, length);
      const reader = new SpoolReader(path);
      const complete = whole.subarray(0, length).toString().split("\n").length - 1;
      expect(await readAll(reader)).toEqual(entries.slice(0, complete));
      appendFileSync(path, whole.subarray(length));
      expect(await readAll(reader)).toEqual(entries.slice(complete));
      expect(reader.lost).toBe(0);
    }
  });

  it("leaves out a damaged record, and tells", async () => {
    const entries = ["one", "two", "three"].map((text) => message(text));
    write(entries);
    writeFileSync(path, readFileSync(path, "utf8").replace("two", "owt"));
    const reader = new SpoolReader(path);
    expect(await readAll(reader)).toEqual([entries[0], entries[2]]);
    expect(reader.lost).toBe(1);
  });

  it("is read in bounded pieces, and no further than allowed", async () => {
    const entries = Array.from({ length: 40 }, (_, index) => message("x".repeat(15_000), index));
    write(entries);
    const reader = new SpoolReader(path);
    expect((await reader.read(everything)).length).toBeLessThan(6);
    const { offset } = reader;
    expect(await reader.read(offset)).toEqual([]);
    expect(await readAll(new SpoolReader(path), offset)).toHaveLength(4);
    const long = message("y".repeat(300_000));
    rmSync(path);
    write([long]);
    expect(await readAll()).toEqual([long]);
  });

  it("is empty where there is none yet", async () => {
    expect(await readAll()).toEqual([]);
  });

  it("R-522 leaves out what an agent says when it is full, tells once a minute, and keeps what counts", async () => {
    let now = 60_000;
    const writer = new SpoolWriter({ path, now: () => now, maxBytes: 1 });
    const ended: SpoolEntry = { kind: "turn-reply", turn: 1, reply: { kind: "go" } };
    writer.offer(message("fills it"));
    for (let said = 0; said < 10; said += 1) writer.offer(message("more"));
    now += 60_000;
    writer.offer(message("more"));
    writer.offer(ended);
    writer.commit(ended);
    writer.close();
    const texts = (await readAll()).map((entry) =>
      entry.kind === "event" && entry.event.type === "agent-event"
        ? Object.values(entry.event.event).at(-1)
        : entry.kind,
    );
    expect(texts).toEqual([
      "fills it",
      expect.stringMatching(/^1 events of the agent were left out/),
      expect.stringMatching(/^10 events of the agent were left out/),
      "turn-reply",
      "turn-reply",
    ]);
  });

  it("R-522 does not grow without end by what counts, and has the newest usage before what is committed", async () => {
    let now = 60_000;
    const maxBytes = 2_000;
    const writer = new SpoolWriter({ path, now: () => now, maxBytes });
    for (let seq = 1; seq <= 2_000; seq += 1) {
      if (seq % 500 === 0) now += 1_000;
      writer.offer(
        told(2 * seq, { type: "approval-requested", action: "to go on", decision: "denied" }),
      );
      writer.offer(told(2 * seq + 1, usage(seq)));
    }
    writer.commit({ kind: "turn-reply", turn: 1, reply: { kind: "go" } });
    writer.close();
    expect(statSync(path).size).toBeLessThan(3 * maxBytes);
    const entries = await readAll();
    expect(entries.at(-1)).toMatchObject({ kind: "turn-reply" });
    expect(entries.at(-2)).toMatchObject({ event: { event: { usage: { inputTokens: 2_000 } } } });
    const numbers = entries.flatMap((entry) =>
      entry.kind === "event" ? [entry.event.spoolSeq] : [],
    );
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it("R-709 has what is committed after a torn record that the disk does not cut off", async () => {
    const writer = new SpoolWriter({ path, now: () => 0 });
    const ending = { outcome: { kind: "succeeded" }, fingerprint: null, turns: 1 } as const;
    const ended: SpoolEntry = {
      kind: "event",
      event: { type: "ended", spoolSeq: 2, at: 0, ending },
    };
    writer.offer(message("one"));
    onFailingDisk(() => {
      expect(() => writer.commit(ended)).toThrow("ENOSPC");
      expect(() => writer.commit(ended)).toThrow("ENOSPC");
    });
    writer.commit(ended);
    writer.offer(message("two", 3));
    expect(writer.length).toBe(statSync(path).size);
    writer.close();
    const reader = new SpoolReader(path);
    expect(await readAll(reader)).toEqual([message("one"), ended, message("two", 3)]);
    expect(reader.lost).toBe(0);
  });

  it("has one writer in its life", () => {
    write([]);
    expect(() => write([])).toThrow("EEXIST");
  });
});

function refuse(): never {
  throw new Error("ENOSPC");
}

/** A disk that takes some bytes of each record and then no more, nor gives any back. */
function onFailingDisk(work: () => void): void {
  const { ftruncateSync, writeSync } = fs;
  const whole = new Set<unknown>();
  const writeSome = (descriptor: number, bytes: Buffer, offset: number): number => {
    if (whole.has(bytes)) return refuse();
    whole.add(bytes);
    return writeSync(descriptor, bytes, offset, 9);
  };
  Object.assign(fs, { ftruncateSync: refuse, writeSync: writeSome });
  syncBuiltinESMExports();
  try {
    work();
  } finally {
    Object.assign(fs, { ftruncateSync, writeSync });
    syncBuiltinESMExports();
  }
}

it("the checksum is the CRC-32 that everybody knows", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(crc32(bytes)).toBe(referenceCrc32(bytes));
    }),
  );
});
