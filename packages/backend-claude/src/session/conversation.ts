import type {
  ContentBlock,
  ContentBlockParam,
  MessageParam,
  ToolResultBlockParam,
  ToolUseBlock,
} from "@anthropic-ai/sdk/resources/messages";
import type { ClosingReason, RequestUsage, SessionEntry } from "./session-entry.ts";

/** A tool call without a result. `begun`: it may have had any part of its effect. */
export interface OpenCall {
  readonly call: ToolUseBlock;
  readonly begun: boolean;
}

/** A finished tool call, as far as the room that it takes is concerned. */
export interface FinishedCall {
  readonly callId: string;
  /** Bytes that leaving it out would save. */
  readonly bytes: number;
}

type Message =
  | { readonly role: "assistant"; readonly content: ContentBlock[] }
  | { readonly role: "user"; readonly content: (ToolResultBlockParam | TextParam)[] };
interface TextParam {
  readonly type: "text";
  readonly text: string;
}

const leftOut = "[Left out to save room. Ask again if it is needed.]";
/** Inputs below this stay: they say what was done. */
const longInput = 1_000;

/** What a session's entries add up to. */
export class Conversation {
  readonly #messages: Message[] = [];
  readonly #calls = new Map<string, { call: ToolUseBlock; begun: boolean; ended: boolean }>();
  readonly #trimmed = new Set<string>();
  readonly #finished: FinishedCall[] = [];
  readonly #usages: RequestUsage[] = [];
  #closed: ClosingReason | null = null;
  #bytes = 0;
  /** The last count of the model itself, and how many bytes there were then. */
  #counted: { readonly tokens: number; readonly bytes: number } | null = null;

  constructor(entries: readonly SessionEntry[] = []) {
    for (const entry of entries) this.apply(entry);
  }

  apply(entry: SessionEntry): void {
    switch (entry.type) {
      case "opened":
        return;
      case "told":
        return this.#tell({ type: "text", text: entry.text });
      case "reply":
        return this.#reply(entry.content, entry.usage);
      case "spent":
        this.#usages.push(entry.usage);
        return;
      case "call-begun":
        return this.#begin(entry.callId);
      case "call-ended":
        return this.#end(entry.callId, entry.result);
      case "trimmed":
        return this.#trim(entry.callIds);
      case "closed":
        this.#closed = entry.reason;
    }
  }

  /** One for each request, in order, those of earlier processes included. */
  get usages(): readonly RequestUsage[] {
    return this.#usages;
  }

  get closed(): ClosingReason | null {
    return this.#closed;
  }

  /** Calls of the last reply that have no result; each has to get one before the model is asked again. */
  get openCalls(): readonly OpenCall[] {
    return [...this.#calls.values()].flatMap(({ call, begun, ended }) =>
      ended ? [] : [{ call, begun }],
    );
  }

  /** Oldest first; without those that are left out already. */
  get finishedCalls(): readonly FinishedCall[] {
    return this.#finished.filter(({ callId }) => !this.#trimmed.has(callId));
  }

  /** Whether anything was said since the last prompt that a fresh session would not have to hold. */
  get isBeyondPrompt(): boolean {
    return this.#messages.length > 1;
  }

  /** About how many tokens the next request has, told from the model's last count: a guess on the safe side. */
  estimateTokens(): number {
    if (this.#counted === null) return Math.ceil(this.#bytes / 3);
    const more = this.#bytes - this.#counted.bytes;
    return Math.max(0, Math.ceil(this.#counted.tokens + more / (more > 0 ? 3 : 5)));
  }

  /** What the model is sent. */
  messages(): MessageParam[] {
    return this.#messages.map((message): MessageParam => {
      if (message.role === "user") {
        return {
          role: "user",
          content: message.content.map((block) => this.#withoutResult(block)),
        };
      }
      return {
        role: "assistant",
        content: message.content.map((block) => this.#withoutInput(block)),
      };
    });
  }

  #tell(block: ToolResultBlockParam | TextParam): void {
    this.#bytes += sizeOf(block);
    const last = this.#messages.at(-1);
    if (last?.role === "user") last.content.push(block);
    else this.#messages.push({ role: "user", content: [block] });
  }

  #reply(content: ContentBlock[], usage: RequestUsage): void {
    this.#usages.push(usage);
    // A text of nothing is something that the API says and does not take back.
    const said = content.filter((block) => block.type !== "text" || block.text.trim() !== "");
    this.#bytes += sizeOf(said);
    const { input, output, cacheRead, cacheWrite } = usage;
    this.#counted = { tokens: input + output + cacheRead + cacheWrite, bytes: this.#bytes };
    for (const block of said) {
      if (block.type === "tool_use") {
        this.#calls.set(block.id, { call: block, begun: false, ended: false });
      }
    }
    if (said.length === 0) return;
    const last = this.#messages.at(-1);
    if (last?.role === "assistant") last.content.push(...said);
    else this.#messages.push({ role: "assistant", content: said });
  }

  #begin(callId: string): void {
    const known = this.#calls.get(callId);
    if (known !== undefined) known.begun = true;
  }

  #end(callId: string, result: ToolResultBlockParam): void {
    const known = this.#calls.get(callId);
    if (known === undefined || known.ended) return;
    known.ended = true;
    this.#tell(result);
    this.#finished.push({ callId, bytes: sizeOf(result) + longBytes(known.call) });
  }

  #trim(callIds: readonly string[]): void {
    for (const { callId, bytes } of this.finishedCalls) {
      if (!callIds.includes(callId)) continue;
      this.#trimmed.add(callId);
      this.#bytes -= bytes;
    }
  }

  #withoutResult(block: ToolResultBlockParam | TextParam): ContentBlockParam {
    if (block.type !== "tool_result" || !this.#trimmed.has(block.tool_use_id)) return block;
    return { ...block, content: leftOut };
  }

  #withoutInput(block: ContentBlock): ContentBlockParam {
    if (block.type !== "tool_use" || !this.#trimmed.has(block.id)) return block;
    const input = block.input;
    if (typeof input !== "object" || input === null) return block;
    const short = Object.entries(input).map(([key, value]) => [
      key,
      isLong(value) ? leftOut : value,
    ]);
    return { ...block, input: Object.fromEntries(short) };
  }
}

function isLong(value: unknown): boolean {
  return typeof value === "string" && value.length > longInput;
}

function longBytes({ input }: ToolUseBlock): number {
  if (typeof input !== "object" || input === null) return 0;
  return sizeOf(Object.values(input).filter(isLong));
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
