import type { ToolUnion } from "@anthropic-ai/sdk/resources/messages";
import type { ClaudeSettings } from "../claude-options.ts";
import { refusalOf } from "./permission-gate.ts";
import { type PreparedCall, type Tool, type ToolAction, ToolFailure } from "./tool.ts";

/** A call that the gate has let pass, or what the model is told instead. */
export type GatedCall =
  | { readonly kind: "allowed"; readonly call: PreparedCall }
  | { readonly kind: "denied"; readonly action: ToolAction; readonly text: string }
  | { readonly kind: "wrong"; readonly text: string };

/** All tools of a session, behind the permission gate. */
export class Toolbox {
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #settings: ClaudeSettings;

  constructor(tools: readonly Tool[], settings: ClaudeSettings) {
    this.#tools = new Map(tools.map((tool) => [tool.name, tool]));
    this.#settings = settings;
  }

  /** What the model is offered: nothing that it may never use. */
  definitions(): readonly ToolUnion[] {
    const { permissions, allowCommands, denyTools } = this.#settings;
    const hasShell =
      permissions === "full" || (permissions === "accept-edits" && allowCommands.length > 0);
    return [...this.#tools.values()]
      .filter(({ name }) => !denyTools.includes(name))
      .filter(({ name }) => name !== "bash" || hasShell)
      .filter(({ name }) => name !== "commit" || permissions !== "read-only")
      .map(({ definition }) => definition);
  }

  /** Starts nothing yet. */
  prepare(name: string, input: unknown): GatedCall {
    const tool = this.#tools.get(name);
    if (tool === undefined) {
      const names = [...this.#tools.keys()].join(", ");
      return { kind: "wrong", text: `There is no tool ${name}. There are: ${names}.` };
    }
    try {
      const call = tool.prepare(input);
      const text = refusalOf(name, call.action, this.#settings);
      return text === null
        ? { kind: "allowed", call }
        : { kind: "denied", action: call.action, text };
    } catch (error) {
      if (error instanceof ToolFailure) return { kind: "wrong", text: error.message };
      throw error;
    }
  }
}
