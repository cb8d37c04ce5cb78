import { agentEnvironment } from "@signalbox/process";
import type { ResolvedOptions } from "./codex-options.ts";

/** Codex's own variable for a key. `OPENAI_API_KEY` is not taken: those who have a plan would pay twice. */
const keyName = "CODEX_API_KEY";

/** The complete environment of the program. */
export function programEnvironment(
  options: ResolvedOptions,
  from: Readonly<Record<string, string | undefined>>,
  ofRun: Readonly<Record<string, string>>,
): Record<string, string> {
  return agentEnvironment({
    from,
    allow: [keyName, ...options.passEnv],
    set: { ...options.env, ...ofRun },
  });
}

export interface Provider {
  readonly name: string;
  readonly settings: {
    readonly name: string;
    readonly base_url: string;
    readonly env_key: string;
    readonly wire_api: "responses";
  };
}

/** OpenAI with a key from the environment, which then stands in no file; `null` where there is no key. */
export function ownProvider(environment: Readonly<Record<string, string>>): Provider | null {
  if ((environment[keyName] ?? "") === "") return null;
  return {
    name: "openai-key",
    settings: {
      name: "OpenAI",
      base_url: "https://api.openai.com/v1",
      env_key: keyName,
      wire_api: "responses",
    },
  };
}

/** The command that starts the app-server. */
export function launchCommand({ program, command }: ResolvedOptions): [string, ...string[]] {
  return command === null ? [program, "app-server"] : ["sh", "-c", command];
}
