import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { RoadmapTrackerAdapter } from "@signalbox/tracker-roadmap";
import { percentile } from "./statistics.ts";

const features = 10_000;
const samples = 30;
const { signal } = new AbortController();

/**
 * Reading a large roadmap, through the adapter: decoding, hashing, parsing and making the issues. In CPU time, since a busy
 * machine says little about wall time.
 */
export async function benchRoadmap(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  const path = join(folder, "roadmap.md");
  const save = (text: string): void => {
    writeFileSync(`${path}.new`, text);
    renameSync(`${path}.new`, path);
  };
  const collect = collectGarbage();
  try {
    save(roadmap("planned"));
    collect();
    const before = process.memoryUsage().heapUsed;
    const tracker = new RoadmapTrackerAdapter({ path }, { folder });
    let { cursor } = await tracker.fetchChanges(null, signal);
    collect();
    const heap = process.memoryUsage().heapUsed - before;

    const first: number[] = [];
    for (let n = 0; n < samples; n += 1) {
      const fresh = new RoadmapTrackerAdapter({ path }, { folder });
      first.push(await cpuMs(() => fresh.fetchChanges(null, signal)));
    }
    const edited: number[] = [];
    for (let n = 0; n < samples; n += 1) {
      save(roadmap(`edit ${n}`));
      edited.push(
        await cpuMs(async () => {
          const changes = await tracker.fetchChanges(cursor, signal);
          if (changes.kind !== "changes" || changes.issues.length !== 1) throw new Error("no edit");
          ({ cursor } = changes);
        }),
      );
    }
    const unchanged: number[] = [];
    const polls = 1000;
    await settled(tracker, cursor);
    for (let n = 0; n < samples; n += 1) {
      const poll = async (): Promise<void> => {
        for (let at = 0; at < polls; at += 1) await tracker.fetchChanges(cursor, signal);
      };
      unchanged.push((await cpuMs(poll)) / polls);
    }

    console.log(`\nA roadmap of ${features} features, CPU time`);
    console.log(`  first parse                              ${format(first, 1)}`);
    console.log(`  read again after one edit                ${format(edited, 1)}`);
    console.log(`  poll of the unchanged file               ${format(unchanged, 3)}`);
    console.log(`  heap                                     ${(heap / 1024 / 1024).toFixed(1)} MB`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function format(times: readonly number[], digits: number): string {
  const [middle, least] = [percentile(times, 0.5), Math.min(...times)];
  return `p50 ${middle.toFixed(digits)} ms, least ${least.toFixed(digits)} ms`;
}

function collectGarbage(): () => void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect !== "function") throw new Error("no way to collect garbage");
  return () => void collect();
}

/** A file is compared by its bytes until its times tell versions apart for sure. */
async function settled(tracker: RoadmapTrackerAdapter, cursor: string): Promise<void> {
  const until = Date.now() + 2500;
  while (Date.now() < until) await tracker.fetchChanges(cursor, signal);
}

/** Of the whole process: user, system, garbage collection and compilation. */
async function cpuMs(work: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function roadmap(state: string): string {
  const head = "---\nproject: bench\nversion: 1\n---\n\n# Roadmap\n\n## One\n";
  const body = Array.from({ length: features }, (_, index) => {
    const status = index === features / 2 + 5 ? state : "planned";
    return `\n### Feature number ${index}\n\n- **Status:** ${status}\n- **Summary:** Do the thing number ${index}, with care\n- **Blockers:** ${index % 10 === 1 ? `Feature number ${index - 1}` : "—"}\n- **Priority:** P${index % 4}\n`;
  });
  return head + body.join("");
}
