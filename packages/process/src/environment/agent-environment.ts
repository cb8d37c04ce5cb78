/** Names that a program needs to find its tools, its home, its language and the network, and that hold no secret. */
const allowedNames = new Set([
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "SHELL",
  "LANG",
  "LANGUAGE",
  "TZ",
  "TERM",
  "COLORTERM",
  "NO_COLOR",
  "TMPDIR",
  "XDG_CONFIG_HOME",
  "XDG_CONFIG_DIRS",
  "XDG_CACHE_HOME",
  "XDG_DATA_HOME",
  "XDG_DATA_DIRS",
  "XDG_STATE_HOME",
  "XDG_RUNTIME_DIR",
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "NODE_EXTRA_CA_CERTS",
  "REQUESTS_CA_BUNDLE",
  "CURL_CA_BUNDLE",
  "GIT_SSL_CAINFO",
  "HTTP_PROXY",
  "HTTPS_PROXY",
  "ALL_PROXY",
  "NO_PROXY",
  "http_proxy",
  "https_proxy",
  "all_proxy",
  "no_proxy",
]);

/** Locale categories: one word each, so that nothing like `LC_GITHUB_TOKEN`, which sshd accepts, slips through. */
const allowedPattern = /^LC_[A-Z]+$/;

export interface AgentEnvironmentOrder {
  /** Where values are taken from: usually `process.env`. */
  readonly from: Readonly<Record<string, string | undefined>>;
  /** Further names to pass, exactly as written. Naming a secret here is the one way to hand it to the agent. */
  readonly allow?: readonly string[];
  /** Variables to set, whatever `from` says. */
  readonly set?: Readonly<Record<string, string>>;
}

/**
 * The complete environment of an agent: a short list of harmless names, what `allow` names, what `set` sets, and
 * nothing else. So no `LINEAR_API_KEY`, `GITHUB_TOKEN`, `*_SECRET` or `*_PASSWORD` of the daemon reaches an agent,
 * and neither do variables that make shells and interpreters run code (`BASH_ENV`, `NODE_OPTIONS`, `LD_PRELOAD`).
 */
export function agentEnvironment(order: AgentEnvironmentOrder): Record<string, string> {
  const named = new Set(order.allow);
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(order.from)) {
    if (value === undefined) continue;
    if (named.has(name) || allowedNames.has(name) || allowedPattern.test(name)) {
      environment[name] = value;
    }
  }
  return { ...environment, ...order.set };
}
