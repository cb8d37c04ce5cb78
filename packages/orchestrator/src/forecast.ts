import type { WorkspaceOrder, WorkspaceProvider } from "@signalbox/contracts";
import { upcomingIssues, type DecidedEvent } from "@signalbox/core";
import type { Commit } from "./mailbox.ts";
import type { RunSupervisor } from "./run-supervisor.ts";

const maxAhead = 5;

export interface ForecastPorts {
  readonly workspaces: WorkspaceProvider;
  readonly supervisor: RunSupervisor;
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown, doing: string) => void;
}

/**
 * While agents work, names the issues that come next, so that their workspaces can be made ahead of time: at most as
 * many as there are slots, and five. Work on it waits while a run is being prepared.
 */
export class Forecast {
  readonly #ports: ForecastPorts;
  #wanted: readonly WorkspaceOrder[] = [];
  readonly #claimed = new Set<string>();
  #told: string | null = "";
  #working: Promise<void> | null = null;

  constructor(ports: ForecastPorts) {
    this.#ports = ports;
  }

  /** Lets the provider get ready, before any issue is known. */
  begin(): void {
    if (this.#ports.workspaces.expect === undefined) return;
    this.#told = null;
    this.#working ??= this.#work();
  }

  onCommit({ state, decided }: Commit): void {
    if (this.#ports.workspaces.expect === undefined) return;
    // A delivery moves the base: what was made before has to be looked at again.
    if (decided.some(({ type }) => type === "issue-delivered")) this.#told = null;
    for (const fact of decided) this.#note(fact);
    const upcoming = upcomingIssues(state, Math.min(state.index.running, maxAhead));
    this.#wanted = [
      ...[...this.#claimed].flatMap((issueId) => state.issues.get(issueId) ?? []),
      ...upcoming,
    ].map(({ id: issueId, identifier }) => ({ issueId, identifier }));
    this.#working ??= this.#work();
  }

  /**
   * Resolves when nothing is under way any more. With `undo`, what was made for nothing is undone; without, it is left:
   * it may be in use by whoever has taken over.
   */
  async close(undo: boolean): Promise<void> {
    await this.#working;
    if (undo) await this.#tell([]);
  }

  /** What was made for an issue is still wanted between its claim and its workspace. */
  #note(fact: DecidedEvent): void {
    if (fact.type === "run-claimed") this.#claimed.add(fact.issueId);
    if (isPastWaiting(fact)) this.#claimed.delete(fact.issueId);
  }

  async #work(): Promise<void> {
    const { supervisor, signal } = this.#ports;
    // A commit that frees a slot is followed by the run that takes it.
    await Promise.resolve();
    while (!signal.aborted && this.#told !== textOf(this.#wanted)) {
      // What was claimed without being expected is made while the issue is read again; the rest comes after.
      if (this.#isExpected()) await supervisor.quiet();
      else await supervisor.calm();
      await this.#tell(this.#wanted);
    }
    this.#working = null;
  }

  #isExpected(): boolean {
    const expected = new Set(this.#told?.split("\n"));
    return [...this.#claimed].every((issueId) => expected.has(issueId));
  }

  async #tell(orders: readonly WorkspaceOrder[]): Promise<void> {
    const text = textOf(orders);
    if (text === this.#told) return;
    this.#told = text;
    try {
      await this.#ports.workspaces.expect?.(orders, this.#ports.signal);
    } catch (error) {
      if (!this.#ports.signal.aborted) {
        this.#ports.onFailure(error, "making workspaces ahead of time");
      }
    }
  }
}

function textOf(orders: readonly WorkspaceOrder[]): string {
  return orders.map(({ issueId }) => issueId).join("\n");
}

type PastWaiting = Extract<
  DecidedEvent,
  { type: "workspace-recorded" | "run-closed" | "retry-scheduled" | "claim-released" }
>;

const pastWaiting: ReadonlySet<string> = new Set<PastWaiting["type"]>([
  "workspace-recorded",
  "run-closed",
  "retry-scheduled",
  "claim-released",
]);

function isPastWaiting(fact: DecidedEvent): fact is PastWaiting {
  return pastWaiting.has(fact.type);
}
