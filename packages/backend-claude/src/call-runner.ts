import type { TurnOutcome } from "@signalbox/contracts";
import type { ToolUseBlock } from "@anthropic-ai/sdk/resources/messages";
import { askPerson, questionInput } from "./ask-person.ts";
import type { Voice } from "./bounded-voice.ts";
import type { OpenCall } from "./session/conversation.ts";
import type { SessionLog } from "./session/session-log.ts";
import { describeAction } from "./tools/permission-gate.ts";
import { isJson } from "./tools/is-json.ts";
import { readInput } from "./tools/read-input.ts";
import { type ToolContext, ToolFailure } from "./tools/tool.ts";
import type { Toolbox } from "./tools/toolbox.ts";

type NeedsInput = Extract<TurnOutcome, { kind: "needs-input" }>;

interface CallResult {
  readonly text: string;
  readonly isError: boolean;
}

const asked = "The question is put to a person. The answer comes as the next message.";

/** Does what the model wants done, each thing once: what has begun and what has ended is on the disk. */
export class CallRunner {
  readonly #toolbox: Toolbox;
  readonly #log: SessionLog;
  readonly #voice: Voice;
  readonly #redact: (text: string) => string;

  constructor(toolbox: Toolbox, log: SessionLog, voice: Voice, redact: (text: string) => string) {
    this.#toolbox = toolbox;
    this.#log = log;
    this.#voice = voice;
    this.#redact = redact;
  }

  /** Gives every open call a result without doing anything. */
  async settle(textOf: (open: OpenCall) => string): Promise<void> {
    for (const open of this.#log.conversation.openCalls) {
      await this.#end(open.call, { text: textOf(open), isError: true });
    }
  }

  /**
   * One call after the other. Resolves with the question where one of them asks a person. Rejects with the signal's
   * reason where that is aborted: the call that ran then has a result, those after it have none.
   */
  async run(context: ToolContext): Promise<NeedsInput | null> {
    let question: NeedsInput | null = null;
    for (const { call } of this.#log.conversation.openCalls) {
      context.signal.throwIfAborted();
      this.#voice.emit({
        type: "tool-call",
        callId: call.id,
        tool: call.name,
        input: isJson(call.input) ? call.input : null,
      });
      if (call.name === askPerson.name) question = (await this.#ask(call)) ?? question;
      else await this.#perform(call, context);
    }
    return question;
  }

  async #ask(call: ToolUseBlock): Promise<NeedsInput | null> {
    try {
      const question = this.#redact(readInput(questionInput, call.input).question);
      await this.#end(call, { text: asked, isError: false });
      this.#voice.emit({ type: "input-requested", question });
      return { kind: "needs-input", question };
    } catch (error) {
      if (!(error instanceof ToolFailure)) throw error;
      await this.#end(call, { text: error.message, isError: true });
      return null;
    }
  }

  async #perform(call: ToolUseBlock, context: ToolContext): Promise<void> {
    const gated = this.#toolbox.prepare(call.name, call.input);
    if (gated.kind === "denied") {
      const action = this.#redact(describeAction(call.name, gated.action));
      this.#voice.emit({ type: "approval-requested", action, decision: "denied" });
    }
    if (gated.kind !== "allowed") {
      await this.#end(call, { text: gated.text, isError: true });
      return;
    }
    await this.#log.record({ type: "call-begun", callId: call.id });
    try {
      await this.#end(call, { text: await gated.call.run(context), isError: false });
    } catch (error) {
      if (context.signal.aborted) {
        await this.#end(call, { text: "The turn was stopped while this ran.", isError: true });
        throw error;
      }
      await this.#end(call, { text: failureText(error), isError: true });
    }
  }

  async #end(call: ToolUseBlock, { text, isError }: CallResult): Promise<void> {
    await this.#log.record({
      type: "call-ended",
      callId: call.id,
      result: { type: "tool_result", tool_use_id: call.id, content: text, is_error: isError },
    });
    const shown = this.#redact(text);
    this.#voice.transcribe(
      JSON.stringify({ type: "tool_result", id: call.id, isError, text: shown }),
    );
    this.#voice.emit({ type: "tool-result", callId: call.id, isError, text: shown });
  }
}

/** A tool that fails in a way it did not foresee is still no reason to end the session. */
function failureText(error: unknown): string {
  if (error instanceof ToolFailure) return error.message;
  return `The tool failed: ${error instanceof Error ? error.message : String(error)}`;
}
