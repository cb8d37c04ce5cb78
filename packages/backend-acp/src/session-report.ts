import type { AgentEvent, AgentUsage } from "@signalbox/contracts";
import { AgentVoice, type Redact } from "@signalbox/process";
import { MessageFold } from "./message-fold.ts";
import type { Plan, SessionUpdate, ToolCallReport } from "./session-update.ts";
import { ToolCalls } from "./tool-calls.ts";

export interface SessionReportOrder {
  readonly pool: string;
  readonly emit: (event: AgentEvent) => void;
  readonly redact: Redact;
}

/** Tells the host what an agent says, in order and bounded. */
export class SessionReport {
  readonly #order: SessionReportOrder;
  readonly #voice: AgentVoice;
  readonly #messages: MessageFold;
  readonly #calls: ToolCalls;
  #plan = "";
  #isClosed = false;

  constructor(order: SessionReportOrder) {
    this.#order = order;
    this.#voice = new AgentVoice(order);
    this.#messages = new MessageFold((text) =>
      this.#emit({ type: "message", role: "agent", text }),
    );
    this.#calls = new ToolCalls((event) => this.tell(event));
  }

  /** What was said before comes before. */
  tell(event: AgentEvent): void {
    this.#messages.flush();
    this.#emit(event);
  }

  tellUsage(counts: Omit<AgentUsage, "pool"> | null): void {
    if (counts !== null) this.tell({ type: "usage", usage: { pool: this.#order.pool, ...counts } });
  }

  relay(update: SessionUpdate): void {
    switch (update.sessionUpdate) {
      case "agent_message_chunk":
        return this.#messages.push(update.content.text, update.messageId);
      case "tool_call":
      case "tool_call_update":
        return this.#calls.take(update);
      case "plan":
        return this.#relayPlan(update);
      case "notice": {
        const text = [update.title, ...(update.description === null ? [] : [update.description])];
        return this.tell({
          type: "notice",
          level: levelOf(update.severity),
          text: text.join(": "),
        });
      }
      case "current_mode_update":
      case "usage_update":
        return;
    }
  }

  /** The call is about to run, if it is allowed to. */
  beginCall(call: ToolCallReport): void {
    this.#calls.take(call, true);
  }

  endTurn(): void {
    this.#messages.flush();
    this.#calls.end();
  }

  /** Nothing comes after it. */
  close(): void {
    this.endTurn();
    this.#isClosed = true;
  }

  #relayPlan({ entries }: Plan): void {
    const done = entries.filter(({ status }) => status === "completed").length;
    const current = entries.find(({ status }) => status === "in_progress");
    const next = current === undefined ? "" : `: ${current.content}`;
    const plan = `Plan: ${done} of ${entries.length} done${next}`;
    if (plan === this.#plan) return;
    this.#plan = plan;
    this.tell({ type: "notice", level: "info", text: plan });
  }

  #emit(event: AgentEvent): void {
    if (!this.#isClosed) this.#voice.say(event);
  }
}

function levelOf(severity: string | null): "info" | "warn" | "error" {
  if (severity === "error") return "error";
  return severity === "warning" ? "warn" : "info";
}
