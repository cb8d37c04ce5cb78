import type { AgentEvent } from "@signalbox/contracts";
import { AgentVoice, type Redact } from "@signalbox/process";
import type { Notification, ThreadItem } from "./app-server-message.ts";
import { QuotaWatch } from "./quota-watch.ts";
import type { AccountFacts } from "./turn-failure.ts";
import { UsageMeter } from "./usage-meter.ts";

export interface SessionReportOrder {
  readonly threadId: string;
  readonly model: string | null;
  /** The account that is paying. */
  readonly pool: string;
  readonly emit: (event: AgentEvent) => void;
  readonly redact: Redact;
}

const rememberedTexts = 200;

/** Tells the host what happens in a session, and each thing used once. */
export class SessionReport {
  readonly #order: SessionReportOrder;
  readonly #meter: UsageMeter;
  readonly #quota = new QuotaWatch();
  readonly #voice: AgentVoice;
  readonly #openCalls = new Set<string>();
  readonly #warnings = new Set<string>();

  constructor(order: SessionReportOrder) {
    this.#order = order;
    this.#voice = new AgentVoice(order);
    this.#meter = new UsageMeter(order.threadId);
    this.tell({ type: "session-started", sessionId: order.threadId, model: order.model });
  }

  get account(): AccountFacts {
    return { pool: this.#order.pool, resetsAt: this.#quota.resetsAt };
  }

  tell(event: AgentEvent): void {
    this.#voice.say(event);
  }

  /** The same words are told once: Codex repeats some of its warnings in each turn. */
  warn(text: string): void {
    if (this.#warnings.has(text)) return;
    if (this.#warnings.size < rememberedTexts) this.#warnings.add(text);
    this.tell({ type: "notice", level: "warn", text });
  }

  begin(turnId: string): void {
    this.#meter.begin(turnId);
  }

  relay(notification: Notification): void {
    switch (notification.type) {
      case "item-started":
        return this.#relayItem(notification.item, false);
      case "item-completed":
        return this.#relayItem(notification.item, true);
      case "token-usage": {
        const counts = this.#meter.take(notification);
        if (counts === null) return;
        return this.tell({ type: "usage", usage: { pool: this.#order.pool, ...counts } });
      }
      case "rate-limits": {
        const limit = this.#quota.take(notification);
        if (limit === null) return;
        return this.tell({ type: "rate-limit", pool: this.#order.pool, ...limit });
      }
      case "error": {
        const { error, willRetry } = notification;
        if (!willRetry) return;
        const details = error.details === null ? "" : ` (${error.details})`;
        const text = `${error.message}${details}`;
        return this.tell({ type: "notice", level: "warn", text: text || "Codex tries again." });
      }
      case "warning":
        return this.warn(notification.text);
      case "mcp-failed":
        return this.warn(`The MCP server ${notification.server} failed: ${notification.error}`);
      case "turn-completed":
        return this.#openCalls.clear();
      case "turn-started":
        return;
    }
  }

  #relayItem(item: ThreadItem, isDone: boolean): void {
    if (item.type === "contextCompaction") {
      if (isDone)
        this.tell({ type: "notice", level: "info", text: "Codex shortened its context." });
      return;
    }
    if (item.type === "agentMessage") {
      const { text } = item;
      if (isDone && text.trim() !== "") this.tell({ type: "message", role: "agent", text });
      return;
    }
    const { id: callId, tool, input, isError, output } = item;
    if (!this.#openCalls.has(callId)) this.tell({ type: "tool-call", callId, tool, input });
    if (!isDone) {
      this.#openCalls.add(callId);
      return;
    }
    this.#openCalls.delete(callId);
    this.tell({ type: "tool-result", callId, isError, text: output });
  }
}
