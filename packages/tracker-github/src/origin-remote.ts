import { execFile } from "node:child_process";
import { trackerError } from "./github-error.ts";
import { hostOf, readRemote } from "./repository-name.ts";
import type { RepositoryName } from "./repository-name.ts";

const limitMs = 10_000;

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

/** `null` where there is no git, no repository, or no such remote. */
async function originUrl(folder: string, signal: AbortSignal): Promise<string | null> {
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const limit = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  execFile(
    "git",
    ["-C", folder, "config", "--get", "remote.origin.url"],
    { signal: limit },
    (error, stdout) => resolve(error === null ? stdout.trim() : null),
  );
  const url = await promise;
  signal.throwIfAborted();
  return url;
}
