import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultyTransport, type TrackerTestBed } from "@signalbox/conformance";
import type { PluginContext, Tracker } from "@signalbox/contracts";
import { githubTestBed } from "../../packages/tracker-github/src/__fixtures__/github-test-bed.ts";
import { gitlabTestBed } from "../../packages/tracker-gitlab/src/__fixtures__/gitlab-test-bed.ts";
import { linearTestBed } from "../../packages/tracker-linear/src/__fixtures__/linear-test-bed.ts";
import { memoryBed } from "../../packages/tracker-memory/src/__fixtures__/memory-bed.ts";
import { roadmapBed } from "../../packages/tracker-roadmap/src/__fixtures__/roadmap-bed.ts";

const pollsPerHour = 120;
const pollMs = 30_000;
/** The daemon reads everything every ten minutes. */
const pollsPerFullRead = 20;
const waiting = 100;
const runningIssues = [1, 10, 100];
const { signal } = new AbortController();

const beds: Readonly<Record<string, TrackerTestBed>> = {
  memory: memoryBed,
  roadmap: roadmapBed,
  "linear, by API key": linearTestBed("linear", "person"),
  "linear, as an app": linearTestBed("linear", "app"),
  github: githubTestBed("github"),
  "gitlab, Free": gitlabTestBed("gitlab", "free"),
  "gitlab, Premium": gitlabTestBed("gitlab", "premium"),
};

/** Requests of an hour's polling, as the daemon polls, by how many issues run. Nothing else happens in it. */
export async function benchTrackers(): Promise<void> {
  console.log(`\nRequests per hour at a poll every 30 s, ${waiting} issues waiting`);
  console.log(`  ${"running".padEnd(28)}${runningIssues.map((n) => `${n}`.padStart(6)).join("")}`);
  for (const [name, bed] of Object.entries(beds)) {
    const counts: number[] = [];
    for (const running of runningIssues) counts.push(await requestsOfAnHour(bed, running));
    console.log(`  ${name.padEnd(28)}${counts.map((n) => `${n}`.padStart(6)).join("")}`);
  }
}

async function requestsOfAnHour(bed: TrackerTestBed, running: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  await using transport = new FaultyTransport(bed.isWrite);
  const realNow = Date.now.bind(Date);
  let passedMs = 0;
  // The services run in this process: their hour passes with ours.
  Date.now = () => realNow() + passedMs;
  const context: PluginContext = {
    folder,
    repository: folder,
    logger: { log: () => undefined },
    fetch: transport.fetch,
    now: () => Date.now(),
  };
  const place = { folder, context, transport, secret: "bench", requestTimeoutMs: pollMs };
  const fixture = await bed.create(place);
  const { tracker, world } = fixture;
  try {
    const seed = (count: number, state: string): Promise<readonly string[]> =>
      world.addIssues(
        Array.from({ length: count }, (_, index) => ({ title: `Issue ${index + 1}`, state })),
      );
    await seed(waiting, bed.states.waiting);
    const ids = await seed(running, bed.states.working);
    for (const id of ids) await tracker.claim?.(id, { key: `run-${id}` }, signal);
    // Names of teams and the like, which are looked up once.
    await tracker.fetchIssuesByStates([bed.states.waiting], signal);
    const before = transport.requests.length;
    let cursor: string | null = null;
    for (let poll = 0; poll < pollsPerHour; poll += 1) {
      cursor = await pollOnce(tracker, bed, ids, poll % pollsPerFullRead === 0 ? null : cursor);
      passedMs += pollMs;
    }
    return transport.requests.length - before;
  } finally {
    Date.now = realNow;
    await tracker.close?.();
    await fixture.close?.();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** By changes where there are some; else the list, and by id what runs. */
async function pollOnce(
  tracker: Tracker,
  { states }: TrackerTestBed,
  running: readonly string[],
  cursor: string | null,
): Promise<string | null> {
  if (tracker.fetchChanges !== undefined) {
    return (await tracker.fetchChanges(cursor, signal)).cursor;
  }
  await tracker.fetchIssuesByIds(running, signal);
  await tracker.fetchIssuesByStates([states.waiting, states.working], signal);
  return null;
}
