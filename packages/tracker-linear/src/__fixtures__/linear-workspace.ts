import type { LogFields, LogLevel } from "@signalbox/contracts";
import { LinearTrackerAdapter } from "../linear-tracker-adapter.ts";
import type { LinearTrackerHost } from "../linear-tracker-adapter.ts";
import { LinearTrackerExtension } from "../linear-tracker-extension.ts";
import type { LinearOptions } from "../linear-options.ts";
import { LinearServer } from "./linear-server.ts";
import type { StoredTeam, StoredUser } from "./linear-store.ts";

export const personalKey = "lin_api_0123456789abcdef";
export const appToken = "lin_oauth_0123456789abcdef";

const defaultStates = [
  ["Triage", "triage"],
  ["Backlog", "backlog"],
  ["Todo", "unstarted"],
  ["In Progress", "started"],
  ["Done", "completed"],
  ["Canceled", "canceled"],
  ["Duplicate", "duplicate"],
] as const;

/** A Linear with a team, a person whose API key we have, and an app. */
export class LinearWorkspace implements AsyncDisposable {
  readonly server: LinearServer;
  readonly team: StoredTeam;
  readonly person: StoredUser;
  readonly app: StoredUser;
  /** Lines of the adapters' logs. */
  readonly log: { readonly level: LogLevel; readonly message: string; readonly fields: LogFields | undefined }[] = [];
  readonly signal: AbortSignal = new AbortController().signal;
  readonly #trackers: LinearTrackerAdapter[] = [];

  private constructor(server: LinearServer) {
    const { store } = server;
    this.server = server;
    this.team = store.addTeam("ENG", defaultStates);
    this.person = store.addUser("Owner");
    this.app = store.addUser("Signalbox", true);
    server.tokens.set(personalKey, this.person);
    server.tokens.set(`Bearer ${appToken}`, this.app);
  }

  static async open(): Promise<LinearWorkspace> {
    return new LinearWorkspace(await LinearServer.start());
  }

  options(options: Partial<LinearOptions> = {}): LinearOptions {
    return {
      apiKey: personalKey,
      teamKey: "ENG",
      endpoint: this.server.url,
      timeoutMs: 5000,
      ...options,
    };
  }

  tracker(options: Partial<LinearOptions> = {}, host: Partial<LinearTrackerHost> = {}): LinearTrackerAdapter {
    const tracker = new LinearTrackerAdapter(this.options(options), { ...this.#host(), ...host });
    this.#trackers.push(tracker);
    return tracker;
  }

  agent(options: Partial<LinearOptions> = {}, host: Partial<LinearTrackerHost> = {}): LinearTrackerExtension {
    const given = this.options({ apiKey: undefined, token: appToken, ...options });
    const tracker = new LinearTrackerExtension(given, { ...this.#host(), ...host });
    this.#trackers.push(tracker);
    return tracker;
  }

  /** Names of the operations that were asked since the last time. */
  asked(): readonly string[] {
    return this.server.requests.splice(0).map(({ operation }) => operation.replace("Signalbox", ""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#trackers.map((tracker) => tracker.close()));
    await this.server[Symbol.asyncDispose]();
  }

  #host(): LinearTrackerHost {
    return { logger: { log: (level, message, fields) => void this.log.push({ level, message, fields }) } };
  }
}
