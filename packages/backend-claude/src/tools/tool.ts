import type { ToolUnion } from "@anthropic-ai/sdk/resources/messages";

/** What a tool call is about to do, as far as somebody has to allow it. */
export type ToolAction =
  | { readonly kind: "look" }
  | { readonly kind: "edit"; readonly path: string }
  | { readonly kind: "commit" }
  | { readonly kind: "run"; readonly command: string }
  /** Of the run's own tools: whoever performs them decides. */
  | { readonly kind: "host" };

export interface ToolContext {
  readonly signal: AbortSignal;
  /** Whatever runs has said something. */
  readonly onActivity: () => void;
}

/** A call whose input has been read. */
export interface PreparedCall {
  readonly action: ToolAction;
  /** Resolves with what the model is told. A `ToolFailure` is an answer too; anything else that it rejects with is not. */
  run(context: ToolContext): Promise<string>;
}

export interface Tool {
  readonly name: string;
  readonly definition: ToolUnion;
  /** Throws a `ToolFailure` where the input is not what the tool takes. */
  prepare(input: unknown): PreparedCall;
}

/** Why a tool did not do what it was asked for, in words for the model. */
export class ToolFailure extends Error {
  override readonly name = "ToolFailure";
}
