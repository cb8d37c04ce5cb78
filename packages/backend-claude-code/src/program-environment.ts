import { agentEnvironment } from "@signalbox/process";
import type { ResolvedOptions } from "./claude-code-options.ts";

/** Credentials that Claude Code also takes from a file descriptor: then its shells do not inherit them. */
const handedOver = [
  { name: "ANTHROPIC_API_KEY", descriptor: "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR" },
  { name: "CLAUDE_CODE_OAUTH_TOKEN", descriptor: "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR" },
] as const;
const firstDescriptor = 3;

const credentialNames = [...handedOver.map(({ name }) => name), "ANTHROPIC_AUTH_TOKEN"];

/** Of the daemon's variables those that Claude Code logs in with. */
const ownNames = [...credentialNames, "ANTHROPIC_BASE_URL"];

/** The complete environment of the program. Where the run has a home of its own, that is where the configuration is. */
export function programEnvironment(
  options: ResolvedOptions,
  from: Readonly<Record<string, string | undefined>>,
  ofRun: Readonly<Record<string, string>>,
): Record<string, string> {
  return agentEnvironment({
    from,
    allow: [...ownNames, ...("HOME" in ofRun ? [] : ["CLAUDE_CONFIG_DIR"]), ...options.passEnv],
    set: {
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: String(options.maxRetries),
      DISABLE_AUTOUPDATER: "1",
      ...options.env,
      ...ofRun,
    },
  });
}

/** Whether the program is logged in by its environment alone. */
export function hasCredentials(environment: Readonly<Record<string, string>>): boolean {
  return credentialNames.some((name) => (environment[name] ?? "") !== "");
}

/**
 * The command that starts `program` with its credentials on file descriptors and not in its environment, which all
 * that it starts could read. `CLAUDE_CODE_SUBPROCESS_ENV_SCRUB` would do that too, but it needs bubblewrap and socat,
 * turns the permission mode off, and leaves empty files in the workspace and the home.
 */
export function launchCommand(
  program: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
): [string, ...string[]] {
  const secrets = handedOver.filter(({ name }) => (environment[name] ?? "") !== "");
  if (secrets.length === 0) return [program, ...parameters];
  const steps = secrets.map(({ name, descriptor }, index) => {
    const number = firstDescriptor + index;
    return `exec ${number}<<END\n$${name}\nEND\nunset ${name}\nexport ${descriptor}=${number}`;
  });
  return ["sh", "-c", `${steps.join("\n")}\nexec "$@"`, "sh", program, ...parameters];
}
