import type { MessageStreamEvent } from "@anthropic-ai/sdk/resources/messages";
import * as v from "valibot";
import type { RequestUsage } from "../session/session-entry.ts";

const tokens = v.fallback(v.nullish(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), null);
const usage = v.looseObject({
  input_tokens: tokens,
  output_tokens: tokens,
  cache_read_input_tokens: tokens,
  cache_creation_input_tokens: tokens,
});
const reported = v.looseObject({ usage });

/** Reads off a stream what its request costs: each report is of the whole request and takes the place of the last one. */
export class UsageMeter {
  readonly #model: string;
  #usage: RequestUsage;
  #hasBegun = false;

  constructor(model: string) {
    this.#model = model;
    this.#usage = { model, input: 0, output: 0, cacheRead: 0, cacheWrite: 0 };
  }

  get usage(): RequestUsage {
    return this.#usage;
  }

  /** From then on it costs something. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  read(event: MessageStreamEvent): void {
    if (event.type === "message_start") this.#take(event.message);
    else if (event.type === "message_delta") this.#take(event);
  }

  #take(report: unknown): void {
    this.#hasBegun = true;
    const parsed = v.safeParse(reported, report);
    if (!parsed.success) return;
    const now = parsed.output.usage;
    this.#usage = {
      model: this.#model,
      input: now.input_tokens ?? this.#usage.input,
      output: now.output_tokens ?? this.#usage.output,
      cacheRead: now.cache_read_input_tokens ?? this.#usage.cacheRead,
      cacheWrite: now.cache_creation_input_tokens ?? this.#usage.cacheWrite,
    };
  }
}
