import { decodeTrailer, trailerFormat, trailerValues } from "./issue-trailer.ts";
import type { TargetRepository } from "./target-repository.ts";

interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  /** What the trailer of a delivery says: it is the last, whatever an agent has written before it. */
  readonly identifier: string | null;
}

/** By identifier: the newest commit of the base, or at the end of a delivered branch, that a delivery has signed. */
export async function findDelivered(
  target: TargetRepository,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const base = await target.baseBranch(signal);
  const heads = target.isLocal ? "refs/heads" : "refs/remotes/origin";
  const folder = target.isLocal ? target.address : target.mirror;
  const read = async (...args: string[]): Promise<readonly Commit[]> => {
    const format = `--format=%H%x00%P%x00${trailerFormat}%x00`;
    return parse(await target.git.run(["log", format, ...args], { folder, signal }));
  };
  const branches = `${heads}/signalbox/`;
  const isDelivered = await target.git.run(["for-each-ref", "--count=1", branches], {
    folder,
    signal,
  });
  const tips = isDelivered === "" ? [] : await read("--no-walk", `--glob=${branches}*`);
  const delivered = new Map<string, string>();
  for (const { id, identifier } of [...tips, ...signedIn(await read(`${heads}/${base}`))]) {
    if (identifier !== null && !delivered.has(identifier)) delivered.set(identifier, id);
  }
  return delivered;
}

/**
 * Those that a delivery may have signed, of all commits of a branch, newest first. Behind a merge that is signed, and
 * behind a signed tip that somebody else has merged, are commits of agents, who can write any trailer.
 */
function signedIn(commits: readonly Commit[]): readonly Commit[] {
  const byId = new Map(commits.map((commit) => [commit.id, commit]));
  const seen = new Set<string>();
  const pending = commits.slice(0, 1);
  for (let commit = pending.pop(); commit !== undefined; commit = pending.pop()) {
    if (seen.has(commit.id)) continue;
    seen.add(commit.id);
    const [first, ...others] = commit.parents.flatMap((id) => byId.get(id) ?? []);
    if (first !== undefined) pending.push(first);
    if (commit.identifier !== null) continue;
    for (const other of others) {
      // A signed merge: somebody has merged another base, whose earlier deliveries are behind it.
      if (other.identifier === null || other.parents.length > 1) pending.push(other);
      else seen.add(other.id);
    }
  }
  return commits.filter(({ id }) => seen.has(id));
}

function parse(printed: string): readonly Commit[] {
  const fields = printed.split("\0");
  const commits: Commit[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    const [id = "", parents = "", trailers = ""] = fields.slice(at, at + 3);
    const value = trailerValues(trailers).at(-1);
    commits.push({
      id: id.trim(),
      parents: parents.split(" ").filter((parent) => parent !== ""),
      identifier: value === undefined ? null : decodeTrailer(value),
    });
  }
  return commits;
}
