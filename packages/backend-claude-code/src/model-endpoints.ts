import type { ClaudeCodeOptions } from "./claude-code-options.ts";

/** Anthropic's: the model, and where the login with a plan is renewed. */
const anthropic = ["https://api.anthropic.com", "https://platform.claude.com"];

/** URLs of the model's service: the gateway's where one is set, else Anthropic's. */
export function modelEndpoints(
  { env }: ClaudeCodeOptions,
  daemon: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const gateway = env?.["ANTHROPIC_BASE_URL"] ?? daemon["ANTHROPIC_BASE_URL"] ?? "";
  return gateway === "" ? anthropic : [gateway];
}
