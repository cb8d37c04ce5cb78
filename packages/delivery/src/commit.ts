import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { trailerFormat, trailerValues } from "./issue-trailer.ts";
import type { TargetRepository } from "./target-repository.ts";

/** Who made a commit and when, as `GIT_AUTHOR_*` and `GIT_COMMITTER_*`. */
export type Signature = Readonly<Record<string, string>>;

export interface NewCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly message: string;
  readonly signature: Signature;
}

const fallbackName = "Signalbox";
const fallbackEmail = "signalbox@localhost";

/** Writes the commit into the mirror; no ref leads to it yet. */
export function createCommit(
  { tree, parents, message, signature }: NewCommit,
  { git, mirror }: TargetRepository,
  signal: AbortSignal,
): Promise<string> {
  return inScratch(async (scratch) => {
    const file = join(scratch, "message");
    await writeFile(file, message);
    const from = parents.flatMap((parent) => ["-p", parent]);
    const utf8 = ["-c", "i18n.commitEncoding=UTF-8"];
    return git.run([...utf8, "commit-tree", tree, ...from, "-F", file], {
      folder: mirror,
      signal,
      environment: signature,
    });
  });
}

/** Who merges: the user, as the repository or the user's own configuration says; Signalbox where neither does. */
export async function ownSignature(
  { git, mirror, address, isLocal }: TargetRepository,
  signal: AbortSignal,
): Promise<Signature> {
  const folder = isLocal ? address : mirror;
  const args = ["config", "--get-regexp", String.raw`^user\.(name|email)$`];
  const printed = (await git.ask(args, { folder, signal })) ?? "";
  // Later lines come from nearer files.
  const last = (key: string): string | undefined =>
    [...printed.matchAll(new RegExp(`^user\\.${key} (.*\\S.*)$`, "gm"))].at(-1)?.[1];
  const name = last("name") ?? fallbackName;
  const email = last("email") ?? fallbackEmail;
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
  };
}

export interface ReadCommit {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly signature: Signature;
  /** Values of the trailer `Signalbox-Issue`. */
  readonly issues: readonly string[];
  readonly message: string;
}

export async function readCommit(
  commit: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<ReadCommit> {
  const fields = ["%T", "%P", "%an", "%ae", "%ad", "%cn", "%ce", "%cd", trailerFormat, "%B"];
  const printed = await target.inMirror(
    ["log", "-1", "--encoding=UTF-8", "--date=raw", `--format=${fields.join("%x00")}`, commit],
    signal,
  );
  const [tree = "", parents = "", an, ae, ad, cn, ce, cd, issues = "", ...message] =
    printed.split("\0");
  return {
    tree,
    parents: parents.split(" ").filter((parent) => parent !== ""),
    signature: {
      GIT_AUTHOR_NAME: an || fallbackName,
      GIT_AUTHOR_EMAIL: ae || fallbackEmail,
      GIT_AUTHOR_DATE: `@${ad}`,
      GIT_COMMITTER_NAME: cn || fallbackName,
      GIT_COMMITTER_EMAIL: ce || fallbackEmail,
      GIT_COMMITTER_DATE: `@${cd}`,
    },
    issues: trailerValues(issues),
    message: message.join("\0"),
  };
}

/** The message with the trailer at its end, in the block of trailers that it may have. */
export function withTrailer(
  message: string,
  trailer: string,
  target: TargetRepository,
  signal: AbortSignal,
): Promise<string> {
  return inScratch(async (scratch) => {
    const file = join(scratch, "message");
    await writeFile(file, `${message.trimEnd()}\n`);
    const args = ["interpret-trailers", "--no-divider", "--trailer", trailer, file];
    return target.inMirror(args, signal);
  });
}

/** A folder for one call of git. */
export async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "signalbox-delivery-"));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
