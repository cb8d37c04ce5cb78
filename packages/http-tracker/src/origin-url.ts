import { execFile } from "node:child_process";

const limitMs = 10_000;

/** URL of the remote `origin`. `null` where there is no git, no repository, or no such remote. */
export async function originUrl(folder: string, signal: AbortSignal): Promise<string | null> {
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
