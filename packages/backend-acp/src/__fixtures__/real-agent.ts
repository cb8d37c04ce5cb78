import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { lookUpAgent } from "@signalbox/model-server";
import type { AcpOptions, AgentName } from "../index.ts";

const catalogueNames = {
  gemini: "gemini-cli",
  opencode: "opencode",
  claude: "claude-agent-acp",
  codex: "codex-acp",
} as const;

const startArguments: Readonly<Record<AgentName, readonly string[]>> = {
  gemini: ["--acp"],
  opencode: ["acp"],
  claude: [],
  codex: [],
};

export function lookUp(name: AgentName): ReturnType<typeof lookUpAgent> {
  return lookUpAgent(catalogueNames[name]);
}

/** Options that start the real agent with a home of its own in `folder`, and a model at `url`. */
export async function realOptions(
  name: AgentName,
  url: string,
  folder: string,
): Promise<AcpOptions> {
  const agent = lookUp(name);
  if (!agent.isInstalled) throw new Error(agent.reason);
  const home = join(folder, `home-${name}`);
  await mkdir(home, { recursive: true });
  const [program, ...first] = agent.program;
  return {
    agent: name,
    program: [program, ...first, ...startArguments[name]],
    env: { HOME: home, TMPDIR: folder, ...(await settings[name](url, home)) },
  };
}

type Settings = (url: string, home: string) => Promise<Readonly<Record<string, string>>>;

const settings: Readonly<Record<AgentName, Settings>> = {
  gemini: async (url) => ({ GOOGLE_GEMINI_BASE_URL: url, GEMINI_API_KEY: key }),
  claude: async (url) => ({
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: key,
    CLAUDE_CODE_MAX_RETRIES: "1",
  }),
  codex: async (url, home) => {
    const lines = [
      'model = "local-model"',
      'model_provider = "local"',
      "[model_providers.local]",
      'name = "local"',
      `base_url = "${url}/v1"`,
      'env_key = "LOCAL_KEY"',
      'wire_api = "responses"',
      "request_max_retries = 1",
      "stream_max_retries = 1",
    ];
    await writeFile(join(home, "config.toml"), lines.join("\n"));
    return { CODEX_HOME: home, LOCAL_KEY: key };
  },
  opencode: async (url, home) => {
    const provider = { anthropic: { options: { baseURL: `${url}/v1`, apiKey: key } } };
    const configuration = { provider, model: "anthropic/claude-opus-4-5" };
    await writeFile(join(home, "opencode.json"), JSON.stringify(configuration));
    return {
      OPENCODE_CONFIG: join(home, "opencode.json"),
      OPENCODE_DISABLE_MODELS_FETCH: "1",
    };
  },
};

/** What the agents log in with. */
export const key = "sk-local-0123456789";
