import type {
  ActivityOrder,
  LinkOrder,
  Tracker,
  TrackerChanges,
  TrackerTool,
} from "@signalbox/contracts";
import { AgentSessions } from "./agent-sessions.ts";
import { Delegation } from "./delegation.ts";
import type { LinearOptions } from "./linear-options.ts";
import { LinearTrackerAdapter } from "./linear-tracker-adapter.ts";
import type { LinearTrackerHost } from "./linear-tracker-adapter.ts";
import { planTool } from "./plan-tool.ts";

/**
 * The tracker with the life of an agent in it: work is shown as an agent session with activities, a plan and links,
 * issues are delegated to the app, and people can stop the agent. Needs the token of an app actor.
 */
export class LinearTrackerExtension extends LinearTrackerAdapter {
  readonly #sessions: AgentSessions;
  readonly #delegation: Delegation;

  constructor(options: LinearOptions, host: LinearTrackerHost) {
    super(options, host);
    this.#sessions = new AgentSessions(this.client, this.scope);
    this.#delegation = new Delegation(this.scope, this.writer);
  }

  override readonly claim: NonNullable<Tracker["claim"]> = async (issueId, _order, signal) => {
    await this.#delegation.take(issueId, signal);
    await this.claimLabel?.set(issueId, true, signal);
  };

  override readonly release: NonNullable<Tracker["release"]> = async (issueId, _order, signal) => {
    await this.#delegation.giveBack(issueId, signal);
    await this.claimLabel?.set(issueId, false, signal);
  };

  /** Brings the stop orders of people along. */
  override async fetchChanges(cursor: string | null, signal: AbortSignal): Promise<TrackerChanges> {
    const stops = await this.#sessions.readStops(signal);
    const changes = await super.fetchChanges(cursor, signal);
    this.#sessions.advance(stops);
    return { ...changes, signals: stops.signals };
  }

  override async attachLink(issueId: string, order: LinkOrder, signal: AbortSignal): Promise<void> {
    await super.attachLink(issueId, order, signal);
    await this.#sessions.addLink(issueId, order, signal);
  }

  async reportActivity(issueId: string, order: ActivityOrder, signal: AbortSignal): Promise<void> {
    await this.#sessions.report(issueId, order, signal);
  }

  agentTools(): readonly TrackerTool[] {
    return [planTool(this.#sessions)];
  }
}
