import type { Backend } from "./backend.ts";
import type { Delivery } from "./delivery.ts";
import type { Journal } from "./journal.ts";
import type { Logger } from "./logger.ts";
import type { StandardSchema } from "./standard-schema.ts";
import type { Tracker, TrackerDefaults } from "./tracker.ts";
import type { WorkspaceProvider } from "./workspace.ts";

/** The version of these contracts. A plugin that was written for another one is refused before anything starts. */
export const contractVersion = 1;

export interface PluginContext {
  /** Folder of the workflow file: relative paths in options start here. */
  readonly folder: string;
  /** The repository that agents work on, absolute or a URL. */
  readonly repository: string;
  readonly logger: Logger;
  /** Injectable for tests; the global one otherwise. */
  readonly fetch: typeof globalThis.fetch;
  readonly now: () => number;
}

interface PluginBase<Kind extends string, Options, Port> {
  readonly kind: Kind;
  /** The name that workflow files use. */
  readonly name: string;
  readonly contractVersion: typeof contractVersion;
  /** Any Standard Schema; its output is what `create` gets. */
  readonly configSchema: StandardSchema<Options>;
  /** Makes the port. Must not do I/O that can hang: that belongs into the port's methods. */
  create(options: Options, context: PluginContext): Port | Promise<Port>;
}

export interface TrackerPlugin<Options> extends PluginBase<"tracker", Options, Tracker> {
  readonly defaults: TrackerDefaults;
}
/** A program that an agent consists of. */
export interface AgentProgram {
  /** A bare name, an absolute path, or one that starts at the top of the workspace. */
  readonly program: string;
  /** The PATH that a bare name is looked up on, where the options have one; `null`: the daemon's. */
  readonly path: string | null;
  /** How to get it, as a sentence: the remedy where it is not there. `null` where only the user knows. */
  readonly installation: string | null;
}

export interface BackendPlugin<Options> extends PluginBase<"backend", Options, Backend> {
  /** Login files or folders below the user's home that `sandbox.home: user` lends to the agent. */
  readonly loginPaths?: readonly string[] | ((options: Options) => readonly string[]);
  /** Absolute paths that the options name and the agent has to read, such as its own script. */
  readonly readablePaths?: (options: Options) => readonly string[];
  /** URLs of the model's service under these options: what `sandbox.network: model` lets through. */
  readonly modelEndpoints?: (options: Options) => readonly string[];
  /** What it starts for these options, for a look before anything starts. Absent or `null`: nothing to look for. */
  readonly program?: (options: Options) => AgentProgram | null;
  /**
   * That every program it starts is started with the order's `containment`, or that it starts none. Where it is not
   * said, a sandbox is refused: it would hold nobody.
   */
  readonly honoursContainment?: boolean;
}
export type WorkspacePlugin<Options> = PluginBase<"workspace", Options, WorkspaceProvider>;
export type DeliveryPlugin<Options> = PluginBase<"delivery", Options, Delivery>;
export type JournalPlugin<Options> = PluginBase<"journal", Options, Journal>;

export type Plugin<Options = unknown> =
  | TrackerPlugin<Options>
  | BackendPlugin<Options>
  | WorkspacePlugin<Options>
  | DeliveryPlugin<Options>
  | JournalPlugin<Options>;

export type PluginKind = Plugin["kind"];

/** Checks the shape at compile time; every plugin module default-exports its result. */
export function definePlugin<Options>(plugin: TrackerPlugin<Options>): TrackerPlugin<Options>;
export function definePlugin<Options>(plugin: BackendPlugin<Options>): BackendPlugin<Options>;
export function definePlugin<Options>(plugin: WorkspacePlugin<Options>): WorkspacePlugin<Options>;
export function definePlugin<Options>(plugin: DeliveryPlugin<Options>): DeliveryPlugin<Options>;
export function definePlugin<Options>(plugin: JournalPlugin<Options>): JournalPlugin<Options>;
export function definePlugin<Options>(plugin: Plugin<Options>): Plugin<Options> {
  return plugin;
}
