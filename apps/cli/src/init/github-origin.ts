/** The repository on GitHub that a remote's URL names, as `owner/name`; `null` where it is elsewhere. */
export async function githubOrigin(url: string | null): Promise<string | null> {
  if (url === null || !/github\.com/i.test(url)) return null;
  // Loaded for those alone who have such a remote.
  const { readRemote } = await import("@signalbox/tracker-github");
  const remote = readRemote(url);
  if (remote === null || !/^(?:ssh\.)?github\.com$/.test(remote.host)) return null;
  return `${remote.repository.owner}/${remote.repository.name}`;
}
