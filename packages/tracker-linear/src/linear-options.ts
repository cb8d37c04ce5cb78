import * as v from "valibot";

/** Options of the Linear tracker: `tracker.provider` of a workflow file. */
export interface LinearOptions {
  /** A personal API key. Give this or `token`. */
  readonly apiKey?: string | undefined;
  /** An OAuth access token, of an app actor where agent sessions are wanted. */
  readonly token?: string | undefined;
  /** Issues of this team only, by its key (`ENG`). */
  readonly teamKey?: string | undefined;
  /** Issues of this project only, by the last part of its URL. */
  readonly projectSlug?: string | undefined;
  /** Issues assigned to this person only: `me`, a user's id or an e-mail address. */
  readonly assignee?: string | undefined;
  /** Label that a claimed issue carries. It has to exist. Default: none. */
  readonly claimLabel?: string | undefined;
  /** Show the agent's work as an agent session. Needs the token of an app actor. Default: whether `token` is given. */
  readonly agentSessions?: boolean | undefined;
  /** Signing secret of the webhook that Linear calls. */
  readonly webhookSecret?: string | undefined;
  /** https, or http to this machine. Default `https://api.linear.app/graphql`. */
  readonly endpoint?: string | undefined;
  /** Time limit of one request, 1 to 600,000. Default 30,000. */
  readonly timeoutMs?: number | undefined;
}

const text = v.pipe(v.string(), v.trim(), v.minLength(1, "must not be blank"));

/** Spellings of one option, the name of the options in the workflow file's other examples first. */
const spellings = {
  apiKey: ["api_key", "apiKey"],
  token: ["token"],
  teamKey: ["team_key", "teamKey", "team"],
  projectSlug: ["project_slug", "projectSlug", "project"],
  assignee: ["assignee"],
  claimLabel: ["claim_label", "claimLabel"],
  webhookSecret: ["webhook_secret", "webhookSecret"],
  endpoint: ["endpoint", "api_url", "apiUrl"],
} as const;

const loopback = new Set(["localhost", "127.0.0.1", "[::1]"]);

function isEndpoint(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && loopback.has(hostname));
}

const given = v.object({
  ...Object.fromEntries(
    Object.values(spellings).flatMap((keys) => keys.map((key) => [key, v.optional(text)])),
  ),
  agent_sessions: v.optional(v.boolean()),
  agentSessions: v.optional(v.boolean()),
  timeout_ms: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600_000))),
  timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(600_000))),
});

type Given = Readonly<Record<string, unknown>>;

function pick(options: Given, keys: readonly string[]): string | undefined {
  const found = keys.map((key) => options[key]).find((value) => value !== undefined);
  return typeof found === "string" ? found : undefined;
}

/** Accepts snake_case and camelCase. Keys that it does not know are ignored. */
export const linearOptionsSchema: v.GenericSchema<unknown, LinearOptions> = v.pipe(
  given,
  v.transform((options): LinearOptions => ({
    apiKey: pick(options, spellings.apiKey),
    token: pick(options, spellings.token),
    teamKey: pick(options, spellings.teamKey),
    projectSlug: pick(options, spellings.projectSlug),
    assignee: pick(options, spellings.assignee),
    claimLabel: pick(options, spellings.claimLabel),
    webhookSecret: pick(options, spellings.webhookSecret),
    endpoint: pick(options, spellings.endpoint),
    agentSessions: options.agent_sessions ?? options.agentSessions,
    timeoutMs: options.timeout_ms ?? options.timeoutMs,
  })),
  v.check(
    ({ apiKey, token }) => (apiKey === undefined) !== (token === undefined),
    "give either `api_key` (a personal API key) or `token` (an OAuth access token), as `$VARIABLE`",
  ),
  v.check(
    ({ teamKey, projectSlug }) => teamKey !== undefined || projectSlug !== undefined,
    "give `team_key` or `project_slug`: which issues to work on",
  ),
  v.check(
    ({ endpoint }) => endpoint === undefined || isEndpoint(endpoint),
    "`endpoint` must be https, or http to this machine",
  ),
);
