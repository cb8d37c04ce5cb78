export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

const part = "[A-Za-z0-9._-]+";
const dots = /^\.+$/;
const plain = new RegExp(`^(${part})/(${part}?)(?:\\.git)?/?$`);
const remote = new RegExp(
  `^(?:(?:https?|ssh|git)://(?:[^@/\\s]*@)?|(?:[^@/\\s]*@))([\\w.-]+)(?::\\d+)?[/:](${part})/(${part}?)(?:\\.git)?/?$`,
);

/** `owner/name` itself, or that of a URL. `null` where it is neither. */
export function readRepositoryName(text: string): RepositoryName | null {
  const match = plain.exec(text.trim());
  const [, owner, name] = match ?? [];
  if (owner !== undefined && name !== undefined) return named(owner, name);
  return readRemote(text)?.repository ?? null;
}

/** Host and repository of a remote's URL, in any of git's spellings. `null` where it is none, or a path. */
export function readRemote(
  url: string,
): { readonly host: string; readonly repository: RepositoryName } | null {
  const [, host, owner, name] = remote.exec(url.trim()) ?? [];
  if (host === undefined || owner === undefined || name === undefined) return null;
  const repository = named(owner, name);
  return repository === null ? null : { host: host.toLowerCase(), repository };
}

/** The host that people see, of an API endpoint: GitHub's own API has one of its own. */
export function hostOf(endpoint: string): string {
  const { host } = new URL(endpoint);
  return host === "api.github.com" ? "github.com" : host.replace(/^api\.(?=.*\.ghe\.com$)/, "");
}

function named(owner: string, name: string): RepositoryName | null {
  return dots.test(owner) || dots.test(name) ? null : { owner, name };
}
