import { agentsFolder, lookUpAgent, type RealAgentName } from "@signalbox/model-server";

/** Which real agent does the work, by the name of its backend. */
export const agentNames = ["claude-code", "claude", "codex", "acp"] as const;
export type AgentName = (typeof agentNames)[number];

/** What a workflow file says of an agent whose model is at a local URL. */
export interface DemoAgent {
  readonly backend: string;
  readonly options: object;
  /** Folders that a sandbox has to show. */
  readonly readable: readonly string[];
}

/** No service takes it: the local model server asks for any key at all. */
const key = "local-key";

/** Throws an `Error` that says how to install the program where it is not there. */
export function demoAgent(name: AgentName, url: string): DemoAgent {
  switch (name) {
    case "claude": {
      const options = { api_key: key, base_url: url, permissions: "full" };
      return { backend: name, options, readable: [] };
    }
    case "claude-code": {
      const [program] = programOf("claude-code");
      const env = { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key };
      return { backend: name, options: { program, env }, readable: [] };
    }
    case "codex": {
      const [program] = programOf("codex");
      return { backend: name, options: { program, ...codexOptions(url) }, readable: [] };
    }
    case "acp": {
      const program = [...programOf("gemini-cli"), "--acp"];
      const env = { GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key };
      const options = { agent: "gemini", program, env };
      return { backend: name, options, readable: [agentsFolder()] };
    }
  }
}

function programOf(name: RealAgentName): readonly [string, ...string[]] {
  const agent = lookUpAgent(name);
  if (agent.isInstalled) return agent.program;
  const install = `npx -y pnpm@12.21.0 agents:real ${name} --install-only`;
  throw new Error(`${name} ${agent.version} is not installed. Install it with ${install}`);
}

function codexOptions(url: string): object {
  const local = {
    name: "local",
    base_url: `${url}/v1`,
    env_key: "LOCAL_KEY",
    wire_api: "responses",
  };
  return {
    model: "local-model",
    model_provider: "local",
    config: { model_providers: { local } },
    env: { LOCAL_KEY: key },
  };
}
