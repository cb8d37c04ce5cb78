import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FaultyTransport, type TrackerFixture, type TrackerTestBed } from "@signalbox/conformance";
import type { PluginContext, Tracker } from "@signalbox/contracts";
import { changesSomething } from "../../packages/conformance/src/tracker/transport-fault.ts";
import { githubTestBed } from "../../packages/tracker-github/src/__fixtures__/github-test-bed.ts";
import { gitlabTestBed } from "../../packages/tracker-gitlab/src/__fixtures__/gitlab-test-bed.ts";
import { jiraTestBed } from "../../packages/tracker-jira/src/__fixtures__/jira-test-bed.ts";
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
  "jira, Cloud": jiraTestBed("jira", "cloud"),
  "jira, Data Center": jiraTestBed("jira", "data-center"),
};

/** Requests of an hour's polling, as the daemon polls, by how many issues run; and those of one issue's dispatch. */
export async function benchTrackers(): Promise<void> {
  for (const isBlocked of [false, true]) {
    const those = isBlocked ? "each waiting for another one" : "waiting";
    row(`Requests per hour at a poll every 30 s, ${waiting} issues ${those}`, []);
    row("running", runningIssues);
    for (const [name, bed] of Object.entries(beds)) {
      if (isBlocked && bed.lacks?.block !== undefined) continue;
      const counts: number[] = [];
      for (const running of runningIssues)
        counts.push(await requestsOfAnHour(bed, running, isBlocked));
      row(name, counts);
    }
  }
  row("Requests to dispatch an issue: claim, move, comment; and to edit the comment", []);
  row("", ["reads", "writes", "reads", "writes"]);
  for (const [name, bed] of Object.entries(beds)) row(name, await requestsOfDispatch(bed));
}

function row(name: string, cells: readonly (number | string)[]): void {
  if (cells.length === 0) console.log(`\n${name}`);
  else console.log(`  ${name.padEnd(28)}${cells.map((cell) => `${cell}`.padStart(7)).join("")}`);
}

/** Those of the second issue: names of teams and the like are known by then. */
async function requestsOfDispatch(bed: TrackerTestBed): Promise<readonly number[]> {
  return tryOut(bed, async ({ tracker, world, transport }) => {
    const { waiting: from, working: to } = bed.states;
    const [first = "", second = ""] = await world.addIssues(
      ["One", "Two"].map((title) => ({ title, state: from })),
    );
    const isWrite = bed.isWrite ?? changesSomething;
    const counted = async (work: () => Promise<unknown>): Promise<readonly number[]> => {
      const before = transport.requests.length;
      await work();
      const sent = transport.requests.slice(before);
      const writes = sent.filter(isWrite).length;
      return [sent.length - writes, writes];
    };
    const comment = async (id: string, body: string): Promise<unknown> =>
      tracker.ensureComment?.(id, { key: "progress", body }, signal);
    const dispatch = async (id: string): Promise<void> => {
      await tracker.claim?.(id, { key: `run-${id}` }, signal);
      await tracker.transition?.(id, { from, to, key: `run-${id}` }, signal);
      await comment(id, "Started.");
    };
    await dispatch(first);
    const dispatched = await counted(() => dispatch(second));
    return [...dispatched, ...(await counted(() => comment(second, "Goes on.")))];
  });
}

async function requestsOfAnHour(
  bed: TrackerTestBed,
  running: number,
  isBlocked: boolean,
): Promise<number> {
  const realNow = Date.now.bind(Date);
  let passedMs = 0;
  // The services run in this process: their hour passes with ours.
  Date.now = () => realNow() + passedMs;
  try {
    return await tryOut(bed, async ({ tracker, world, transport }) => {
      const seed = (count: number, state: string): Promise<readonly string[]> =>
        world.addIssues(
          Array.from({ length: count }, (_, index) => ({ title: `Issue ${index + 1}`, state })),
        );
      const waits = await seed(waiting, bed.states.waiting);
      const [blocker = ""] = await seed(1, bed.states.waiting);
      if (isBlocked) for (const id of waits) await world.block?.(id, [blocker]);
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
    });
  } finally {
    Date.now = realNow;
  }
}

interface Trial extends TrackerFixture {
  readonly transport: FaultyTransport;
}

async function tryOut<Result>(
  bed: TrackerTestBed,
  work: (trial: Trial) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-bench-"));
  await using transport = new FaultyTransport(bed.isWrite);
  const context: PluginContext = {
    folder,
    repository: folder,
    logger: { log: () => undefined },
    fetch: transport.fetch,
    now: () => Date.now(),
  };
  const place = { folder, context, transport, secret: "bench", requestTimeoutMs: pollMs };
  const fixture = await bed.create(place);
  try {
    return await work({ ...fixture, transport });
  } finally {
    await fixture.tracker.close?.();
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
