import { originUrl, trackerError } from "@signalbox/http-tracker";
import { hostOf, readRemote } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

/** The GitHub repository that a repository comes from: its own URL, or that of its remote `origin`. */
export async function originOf(
  repository: string,
  endpoint: string,
  signal: AbortSignal,
): Promise<RepositoryName> {
  const url = readRemote(repository) === null ? await originUrl(repository, signal) : repository;
  const found = url === null ? null : readRemote(url);
  const host = hostOf(endpoint);
  if (found !== null && (found.host === host || found.host === `ssh.${host}`)) {
    return found.repository;
  }
  throw trackerError("tracker_config", `no repository is named, and origin is not one on ${host}`, {
    remedy: "Write `repository: owner/name` under `tracker.provider`.",
  });
}
