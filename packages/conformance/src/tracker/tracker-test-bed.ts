import type { PluginContext, Tracker } from "@signalbox/contracts";
import type { FaultyTransport } from "./faulty-transport.ts";
import type { SentRequest, TransportReply } from "./transport-fault.ts";

/** A tracker adapter, and how to make a world that it looks at. What it declares and has decides which laws apply. */
export interface TrackerTestBed {
  /** Names it in test titles and reports. */
  readonly name: string;
  /** Names of states, spelled as the tracker spells them. The first two are different and neither is terminal. */
  readonly states: { readonly waiting: string; readonly working: string; readonly done: string };
  /** Makes an adapter and an empty world. Called for each law anew. */
  create(place: TrackerPlace): TrackerFixture | Promise<TrackerFixture>;
  /**
   * Whether its requests go through `place.transport`; the reason why not, for an adapter that sends none. Default
   * `true`.
   */
  readonly transport?: true | string;
  /** Whether a request changes something. Default: HTTP methods other than GET, HEAD and OPTIONS; of GraphQL, mutations. */
  readonly isWrite?: (request: SentRequest) => boolean;
  /** Issues on one page, at most. Default 50. */
  readonly pageSize?: number;
  /**
   * Changes the answer to a request for a page so that it promises another one and does not say where. Not given where
   * the protocol cannot say so.
   */
  readonly withoutCursor?: (reply: TransportReply) => TransportReply;
  /** Why the world lacks what it might have; the report says so. */
  readonly lacks?: Readonly<Partial<Record<OptionalWorldAbility | "withoutCursor", string>>>;
  /** How long any step may take, in milliseconds. Default 10000. */
  readonly patienceMs?: number;
}

/** What the kit gives to a test bed for one law. It ends with the law. */
export interface TrackerPlace {
  /** An empty folder of its own. */
  readonly folder: string;
  /** For the plugin's `create`: `fetch` goes through the transport, the log is looked at by laws. */
  readonly context: PluginContext;
  readonly transport: FaultyTransport;
  /** To be given as the API key, where the adapter takes one: it must be seen nowhere but in requests. */
  readonly secret: string;
  /** To be given as the time limit of a request, where the adapter has such an option. In milliseconds. */
  readonly requestTimeoutMs: number;
}

export interface TrackerFixture {
  readonly tracker: Tracker;
  readonly world: TrackerWorld;
  /** Called at the end of the law, after the adapter was closed. */
  close?(): Promise<void> | void;
}

export interface SeedIssue {
  readonly title: string;
  readonly state: string;
  /** As people write them: not trimmed, in any case, repeated. What the tracker cannot say is left out. */
  readonly labels?: readonly string[];
}

/** What happens in the tracker behind the adapter's back. Each method resolves when a read would show it. */
export interface TrackerWorld {
  /** Each younger than the one before it. Resolves to their ids, as the adapter tells them, in the same order. */
  addIssues(seeds: readonly SeedIssue[]): Promise<readonly string[]>;
  /** As the tracker itself says. */
  stateOf(id: string): Promise<string>;
  setState(id: string, state: string): Promise<void>;
  /** Deletes it, or takes it out of the adapter's scope. */
  removeIssue(id: string): Promise<void>;
  /** Makes it one that must not be dispatched. */
  hold?(id: string): Promise<void>;
  /** From now on it waits for these, in whatever states they are. */
  block?(id: string, blockers: readonly string[]): Promise<void>;
  /** Damages all optional metadata that it can: dates, priority, links. */
  spoil?(id: string): Promise<void>;
  /** Damages the record so that it is no issue any more: without a title or a state. */
  corrupt?(id: string): Promise<void>;
  /** From now on the tracker takes changes of state and makes none. */
  ignoreTransitions?(): Promise<void>;
  /** Bodies of all comments, ours as people's, oldest first. */
  comments?(id: string): Promise<readonly string[]>;
  /** Comments as a person would, and no earlier than a millisecond after the last comment. */
  addComment?(id: string, body: string): Promise<void>;
  /** URLs of the links beside the issue. */
  links?(id: string): Promise<readonly string[]>;
}

export type OptionalWorldAbility = {
  [Name in keyof TrackerWorld]-?: undefined extends TrackerWorld[Name] ? Name : never;
}[keyof TrackerWorld];
