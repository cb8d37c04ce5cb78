import type { AgentEvent, AgentUsage } from "@signalbox/contracts";
import { AgentVoice, type Redact } from "@signalbox/process";
import type { InitMessage, StreamMessage } from "./stream-message.ts";
import { toAgentEvents } from "./to-agent-events.ts";
import { UsageMeter } from "./usage-meter.ts";

export interface SessionReportOrder {
  readonly sessionId: string;
  /** `null`: told by how the program is logged in. */
  readonly pool: string | null;
  readonly emit: (event: AgentEvent) => void;
  readonly redact: Redact;
}

/** Tells the host what happens in a session: that it has started first, and each thing used once. */
export class SessionReport {
  readonly #order: SessionReportOrder;
  readonly #meter = new UsageMeter();
  readonly #voice: AgentVoice;
  #waiting: AgentEvent[] = [];
  #sessionId: string;
  #pool: string;
  #isAnnounced = false;

  constructor(order: SessionReportOrder) {
    this.#order = order;
    this.#voice = new AgentVoice(order);
    this.#sessionId = order.sessionId;
    this.#pool = order.pool ?? "anthropic";
  }

  get sessionId(): string {
    return this.#sessionId;
  }

  /** The account that is paying. */
  get pool(): string {
    return this.#pool;
  }

  /** Holds back what comes before the session has started. */
  tell(event: AgentEvent): void {
    if (this.#isAnnounced) this.#voice.say(event);
    else this.#waiting.push(event);
  }

  /** The first call announces the session. */
  begin(init: Pick<InitMessage, "session_id" | "model" | "apiKeySource"> | null): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#sessionId = init?.session_id ?? this.#sessionId;
    this.#pool = this.#order.pool ?? (init === null ? this.#pool : poolOf(init.apiKeySource));
    const model = init?.model ?? null;
    this.tell({ type: "session-started", sessionId: this.#sessionId, model });
    for (const event of this.#waiting) this.tell(event);
    this.#waiting = [];
  }

  relay(message: StreamMessage): void {
    if (message.type === "assistant") this.#meterUsage(this.#meter.takeAnswer(message.message));
    if (message.type === "result") this.#meterUsage(this.#meter.takeResult(message));
    for (const event of toAgentEvents(message, this.#pool)) this.tell(event);
  }

  #meterUsage(counts: Omit<AgentUsage, "pool"> | null): void {
    if (counts === null) return;
    this.tell({ type: "usage", usage: { pool: this.#pool, ...counts } });
  }
}

/** With a key, requests are paid one by one; else they come out of a plan. */
function poolOf(apiKeySource: string): string {
  return apiKeySource === "" || apiKeySource === "none" ? "claude-plan" : "anthropic";
}
