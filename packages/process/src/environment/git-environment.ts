/** Everything by which a caller's environment can point git elsewhere, or make it run a program. */
const stripped = /^(?:git_.*|editor|visual|pager|prefix|ssh_askpass)$/i;

/** Whom to trust on TLS connections: without these, some machines reach no repository at all. */
const kept = new Set(["GIT_SSL_CAINFO", "GIT_SSL_CAPATH"]);

/**
 * The environment for a git that listens to its arguments alone: no `GIT_*` variable but those that say whom TLS
 * trusts, no editor, pager or password program. It speaks English, never asks on a terminal, and reads objects as they
 * are, not as replacement refs say. Secrets stay, since credential helpers and ssh need them; give it
 * `agentEnvironment(…)` where git works on what an agent writes.
 */
export function gitEnvironment(
  from: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && (kept.has(name) || !stripped.test(name))) environment[name] = value;
  }
  return { ...environment, LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", GIT_NO_REPLACE_OBJECTS: "1" };
}
