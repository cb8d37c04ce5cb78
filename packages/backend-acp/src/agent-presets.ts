import type { JsonObject } from "@signalbox/contracts";
import type { Permissions } from "./acp-options.ts";

export type AgentName = "gemini" | "opencode" | "claude" | "codex";

/** An agent that was tried: how it is started, logged in, and kept from what a repository brings along. */
export interface AgentPreset {
  readonly program: readonly [string, ...string[]];
  /** How to get it: the remedy where it is not there. */
  readonly installation: string;
  /** Of the daemon's variables those that it logs in with and finds its model by. */
  readonly passEnv: readonly string[];
  /** Variables that it always gets. */
  readonly env: Readonly<Record<string, string>>;
  /** Variables that keep the repository's settings from it, and those that let them in. */
  readonly settingsEnv: {
    readonly off: Readonly<Record<string, string>>;
    readonly on: Readonly<Record<string, string>>;
  };
  /** What of the repository it runs whatever it is told; from the workspace. */
  readonly forcedSettings: readonly string[];
  /** Whether it can read and write files by us. Gemini CLI takes a file that is not there for a failure then. */
  readonly canUseOurFiles: boolean;
  /**
   * Whether it goes on with a session as it was left. Gemini CLI finds its sessions at times, and at times without the
   * last results of tools in them: its model then refuses every turn.
   */
  readonly keepsSessions: boolean;
  /** Goes with every session that must not read the repository's settings; `null`: nothing. */
  readonly safeSessionMeta: JsonObject | null;
  /** The method to log in by, where one of these variables is there. In order. */
  readonly authByVariable: readonly { readonly variable: string; readonly method: string }[];
  /** Its mode for what is allowed; `null`: the one it starts in. */
  readonly modes: Readonly<Record<Permissions, string | null>>;
  readonly pool: string;
  /** Below the user's home. */
  readonly loginPaths: readonly string[];
  /** Where its model is, unless a variable says so. */
  readonly endpoints: readonly string[];
  readonly endpointVariables: readonly string[];
}

export const agentPresets: Readonly<Record<AgentName, AgentPreset>> = {
  gemini: {
    program: ["gemini", "--acp"],
    installation: "Install it with npm install -g @google/gemini-cli@0.61.0.",
    passEnv: [
      "GEMINI_API_KEY",
      "GOOGLE_API_KEY",
      "GOOGLE_GEMINI_BASE_URL",
      "GOOGLE_GENAI_USE_VERTEXAI",
      "GOOGLE_CLOUD_PROJECT",
      "GOOGLE_CLOUD_LOCATION",
    ],
    env: {
      GEMINI_CLI_DISABLE_AUTO_UPDATE: "1",
      // It hides the user's git configuration from its commands, and with it the name that they commit under.
      GIT_CONFIG_COUNT: "1",
      GIT_CONFIG_KEY_0: "include.path",
      GIT_CONFIG_VALUE_0: "~/.gitconfig",
    },
    settingsEnv: { off: {}, on: { GEMINI_CLI_TRUST_WORKSPACE: "true" } },
    forcedSettings: [],
    canUseOurFiles: false,
    keepsSessions: false,
    safeSessionMeta: null,
    authByVariable: [{ variable: "GEMINI_API_KEY", method: "gemini-api-key" }],
    modes: { "read-only": "plan", "accept-edits": "default", full: "default" },
    pool: "google",
    loginPaths: [".gemini"],
    endpoints: ["https://generativelanguage.googleapis.com", "https://cloudcode-pa.googleapis.com"],
    endpointVariables: ["GOOGLE_GEMINI_BASE_URL"],
  },
  opencode: {
    program: ["opencode", "acp"],
    installation: "Install it with npm install -g opencode-ai@1.18.33.",
    passEnv: ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "GEMINI_API_KEY", "OPENROUTER_API_KEY"],
    env: {
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      // Else it asks for nothing, and does all.
      OPENCODE_PERMISSION: JSON.stringify({ edit: "ask", bash: "ask", webfetch: "ask" }),
    },
    settingsEnv: { off: { OPENCODE_DISABLE_PROJECT_CONFIG: "1" }, on: {} },
    forcedSettings: [],
    canUseOurFiles: true,
    keepsSessions: true,
    safeSessionMeta: null,
    authByVariable: [],
    modes: { "read-only": null, "accept-edits": null, full: null },
    pool: "opencode",
    loginPaths: [".config/opencode", ".local/share/opencode"],
    endpoints: [],
    endpointVariables: [],
  },
  claude: {
    program: ["claude-agent-acp"],
    installation: "Install it with npm install -g @agentclientprotocol/claude-agent-acp@0.100.0.",
    passEnv: [
      "ANTHROPIC_API_KEY",
      "ANTHROPIC_AUTH_TOKEN",
      "ANTHROPIC_BASE_URL",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "CLAUDE_CONFIG_DIR",
    ],
    env: {
      CLAUDE_CODE_DISABLE_BACKGROUND_TASKS: "1",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      CLAUDE_CODE_MAX_RETRIES: "5",
      DISABLE_AUTOUPDATER: "1",
      // Else it has to search for the run's own tools before it can call them.
      ENABLE_TOOL_SEARCH: "false",
    },
    settingsEnv: { off: {}, on: {} },
    forcedSettings: [],
    canUseOurFiles: true,
    keepsSessions: true,
    safeSessionMeta: { claudeCode: { options: { settingSources: [], strictMcpConfig: true } } },
    authByVariable: [],
    modes: { "read-only": "plan", "accept-edits": "default", full: "default" },
    pool: "anthropic",
    loginPaths: [".claude", ".claude.json"],
    endpoints: ["https://api.anthropic.com"],
    endpointVariables: ["ANTHROPIC_BASE_URL"],
  },
  codex: {
    program: ["codex-acp"],
    installation: "Install it with npm install -g @agentclientprotocol/codex-acp@2.6.0.",
    passEnv: ["OPENAI_API_KEY", "CODEX_API_KEY", "CODEX_HOME", "CODEX_PATH", "CODEX_CONFIG"],
    env: {},
    settingsEnv: { off: {}, on: {} },
    forcedSettings: [".codex"],
    canUseOurFiles: true,
    keepsSessions: true,
    safeSessionMeta: null,
    authByVariable: [],
    modes: {
      "read-only": "read-only",
      "accept-edits": "workspace-write",
      full: "agent-full-access",
    },
    pool: "openai",
    loginPaths: [".codex"],
    endpoints: ["https://api.openai.com", "https://chatgpt.com"],
    endpointVariables: [],
  },
};
