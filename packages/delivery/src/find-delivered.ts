import { decodeTrailer, trailerFormat, trailerKey, trailerValues } from "./issue-trailer.ts";
import type { TargetRepository } from "./target-repository.ts";

/** By identifier: the newest commit of the base, or of a delivered branch, that carries its trailer. */
export async function findDelivered(
  target: TargetRepository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const base = await target.baseBranch(signal);
  const heads = target.isLocal ? "refs/heads" : "refs/remotes/origin";
  const printed = await target.git.run(
    [
      "log",
      `--grep=^${trailerKey}: `,
      `--format=%H%x00${trailerFormat}%x00`,
      `--glob=${heads}/signalbox/*`,
      `${heads}/${base}`,
    ],
    { folder: target.isLocal ? target.address : target.mirror, signal },
  );
  const fields = printed.split("\0");
  const delivered = new Map<string, string>();
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const commit = (fields[at] ?? "").trim();
    for (const value of trailerValues(fields[at + 1] ?? "")) {
      const identifier = decodeTrailer(value);
      if (identifier !== null && !delivered.has(identifier)) delivered.set(identifier, commit);
    }
  }
  return delivered;
}
