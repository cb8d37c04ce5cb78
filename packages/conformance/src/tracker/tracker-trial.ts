import { randomUUID } from "node:crypto";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Issue, LogLevel, PluginContext, Tracker } from "@signalbox/contracts";
import { demand } from "../law-broken.ts";
import { LawInapplicable } from "../law-inapplicable.ts";
import { within } from "../within.ts";
import { FaultyTransport } from "./faulty-transport.ts";
import { seedsOf } from "./seeds.ts";
import type {
  OptionalWorldAbility,
  SeedIssue,
  TrackerFixture,
  TrackerPlace,
  TrackerTestBed,
  TrackerWorld,
} from "./tracker-test-bed.ts";

export type OptionalMethod = {
  [Name in keyof Tracker]-?: undefined extends Tracker[Name] ? Name : never;
}[keyof Tracker];

type Having<Whole, Name extends keyof Whole> = Whole & Required<Pick<Whole, Name>>;

function has<Whole, Name extends keyof Whole>(
  whole: Whole,
  name: Name,
): whole is Having<Whole, Name> {
  return whole[name] !== undefined;
}

export interface LoggedLine {
  readonly level: LogLevel;
  readonly text: string;
}

/** A place in which one law tries an adapter. Disposing it closes the adapter and removes the place. */
export class TrackerTrial implements AsyncDisposable {
  readonly bed: TrackerTestBed;
  readonly place: TrackerPlace;
  readonly tracker: Tracker;
  readonly world: TrackerWorld;
  readonly log: readonly LoggedLine[];
  readonly patienceMs: number;
  readonly #fixture: TrackerFixture;
  #isClosed = false;

  private constructor(
    bed: TrackerTestBed,
    place: TrackerPlace,
    fixture: TrackerFixture,
    log: readonly LoggedLine[],
  ) {
    this.bed = bed;
    this.place = place;
    this.#fixture = fixture;
    this.tracker = fixture.tracker;
    this.world = fixture.world;
    this.log = log;
    this.patienceMs = bed.patienceMs ?? 10_000;
  }

  static async open(bed: TrackerTestBed): Promise<TrackerTrial> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-conformance-")));
    const transport = new FaultyTransport(bed.isWrite);
    const log: LoggedLine[] = [];
    const context: PluginContext = {
      folder,
      repository: folder,
      logger: {
        log: (level, message, fields = {}) =>
          log.push({ level, text: `${message} ${JSON.stringify(fields)}` }),
      },
      fetch: transport.fetch,
      now: Date.now,
    };
    const secret = `canary-${randomUUID()}`;
    const place = { folder, context, transport, secret, requestTimeoutMs: 2_000 };
    try {
      return new TrackerTrial(bed, place, await bed.create(place), log);
    } catch (error) {
      await transport[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  get transport(): FaultyTransport {
    return this.place.transport;
  }

  /** The adapter, known to have the method. Ends the law as not applicable where it does not. */
  trackerWith<Name extends OptionalMethod>(name: Name): Having<Tracker, Name> {
    const { tracker } = this;
    if (has(tracker, name)) return tracker;
    throw new LawInapplicable(`${this.bed.name} has no ${name}.`);
  }

  /** The world, known to have the ability. Ends the law as not applicable where it does not. */
  worldWith<Name extends OptionalWorldAbility>(name: Name): Having<TrackerWorld, Name> {
    const { world } = this;
    if (has(world, name)) return world;
    const { name: called, lacks } = this.bed;
    throw new LawInapplicable(lacks?.[name] ?? `The world of ${called} has no ${name}.`);
  }

  /** `count` issues that wait, or are in `state`; their ids. */
  async seed(count: number, state: string = this.bed.states.waiting): Promise<readonly string[]> {
    return this.add(seedsOf(count, state));
  }

  async seedOne(state?: string): Promise<string> {
    const [id] = await this.seed(1, state);
    if (id === undefined) throw new TypeError("addIssues gave no id");
    return id;
  }

  async add(seeds: readonly SeedIssue[]): Promise<readonly string[]> {
    const ids = await this.world.addIssues(seeds);
    if (ids.length === seeds.length) return ids;
    throw new TypeError(`addIssues gave ${ids.length} ids for ${seeds.length} issues`);
  }

  async list(states: readonly string[] = [this.bed.states.waiting]): Promise<readonly Issue[]> {
    return this.call("fetchIssuesByStates", (signal) =>
      this.tracker.fetchIssuesByStates(states, signal),
    );
  }

  async byIds(ids: readonly string[]): Promise<readonly Issue[]> {
    return this.call("fetchIssuesByIds", (signal) => this.tracker.fetchIssuesByIds(ids, signal));
  }

  /** The one issue. Breaks the law where there is none, or more than one. */
  async issue(id: string): Promise<Issue> {
    const [issue, ...others] = await this.byIds([id]);
    demand(
      issue !== undefined && others.length === 0,
      `fetchIssuesByIds gave ${issue === undefined ? "no" : `${others.length + 1}`} issues for one id.`,
    );
    return issue;
  }

  /** Calls the adapter; `call` must settle in time. */
  async call<Result>(
    what: string,
    call: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    return within(this.patienceMs, what, call(new AbortController().signal));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await within(this.patienceMs, "close", this.tracker.close?.() ?? Promise.resolve());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.transport.mend();
      await this.close();
    } finally {
      await this.#fixture.close?.();
      await this.transport[Symbol.asyncDispose]();
      await rm(this.place.folder, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}
