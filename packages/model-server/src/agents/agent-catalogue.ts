export type RealAgentName =
  | "claude-code"
  | "codex"
  | "gemini-cli"
  | "opencode"
  | "claude-agent-acp"
  | "codex-acp"
  | "backlog";

/** A real program that the tests run, at the one version that they were written for. */
export interface RealAgent {
  readonly version: string;
  /**
   * What npm is asked for: the package of this platform itself where there is one. A package without a platform chooses
   * it in an install script, and npm takes an older version by itself where an engine does not fit.
   */
  readonly packages: readonly string[];
  /** The program inside the folder that it is installed in. */
  readonly program: string;
  /** Whether `program` is a script for Node. */
  readonly isScript: boolean;
}

const platform = `${process.platform}-${process.arch}`;

const codexTriples: Readonly<Record<string, string>> = {
  "linux-x64": "x86_64-unknown-linux-musl",
  "linux-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
};

export const realAgents: Readonly<Record<RealAgentName, RealAgent>> = {
  "claude-code": {
    version: "2.1.330",
    packages: [`@anthropic-ai/claude-code-${platform}@2.1.330`],
    program: `node_modules/@anthropic-ai/claude-code-${platform}/claude`,
    isScript: false,
  },
  codex: {
    version: "0.169.0",
    packages: [`@openai/codex-${platform}@npm:@openai/codex@0.169.0-${platform}`],
    program: `node_modules/@openai/codex-${platform}/vendor/${codexTriples[platform] ?? platform}/bin/codex`,
    isScript: false,
  },
  "gemini-cli": {
    version: "0.61.0",
    packages: ["@google/gemini-cli@0.61.0"],
    program: "node_modules/@google/gemini-cli/bundle/gemini.js",
    isScript: true,
  },
  opencode: {
    version: "1.18.33",
    packages: [`opencode-${platform}@1.18.33`],
    program: `node_modules/opencode-${platform}/bin/opencode`,
    isScript: false,
  },
  "claude-agent-acp": {
    version: "0.100.0",
    packages: ["@agentclientprotocol/claude-agent-acp@0.100.0"],
    program: "node_modules/@agentclientprotocol/claude-agent-acp/dist/index.js",
    isScript: true,
  },
  "codex-acp": {
    version: "2.6.0",
    packages: ["@agentclientprotocol/codex-acp@2.6.0"],
    program: "node_modules/@agentclientprotocol/codex-acp/dist/index.js",
    isScript: true,
  },
  // No agent, but as real: the program whose files the tracker `backlog-md` edits.
  backlog: {
    version: "1.52.0",
    packages: [`backlog.md-${platform}@1.52.0`],
    program: `node_modules/backlog.md-${platform}/backlog`,
    isScript: false,
  },
};

export const realAgentNames: readonly RealAgentName[] = [
  "claude-code",
  "codex",
  "gemini-cli",
  "opencode",
  "claude-agent-acp",
  "codex-acp",
  "backlog",
];
