import { createHash } from "node:crypto";
import { lstatSync, mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";

/** The kernel's limit for the path of a socket, without the NUL at its end. */
const maxPathBytes = 107;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where a runner listens: in a short folder for this user and this state folder alone, which is made where it is
 * missing. Throws `socket_folder` where it cannot be trusted.
 */
export function controlSocketPath(
  stateDir: string,
  runId: string,
  environment: Environment,
): string {
  const name = `${runId}-${process.pid}.sock`;
  const folder = socketFolders(stateDir, environment).find(
    (path) => Buffer.byteLength(join(path, name)) <= maxPathBytes,
  );
  if (folder === undefined) throw unusable("/tmp", "is too long for a socket");
  ensurePrivateFolder(folder);
  return join(folder, name);
}

/** Where sockets of this state folder's runners may stand, best first. */
export function socketFolders(stateDir: string, environment: Environment): readonly string[] {
  const user = process.getuid?.() ?? 0;
  const hash = createHash("sha256").update(stateDir).digest("hex").slice(0, 12);
  const roots = [environment["XDG_RUNTIME_DIR"] ?? "", tmpdir(), "/tmp"];
  return [...new Set(roots.filter((root) => root.startsWith("/")))].map((root) =>
    join(root, `signalbox-${user}-${hash}`),
  );
}

/** In a folder that everybody may write to, somebody else may have been faster. */
export function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stats = lstatSync(folder);
  if (!stats.isDirectory()) throw unusable(folder, "is not a folder");
  if (stats.uid !== (process.getuid?.() ?? stats.uid)) throw unusable(folder, "is not yours");
  if ((stats.mode & 0o077) !== 0) throw unusable(folder, "is open to others");
}

function unusable(folder: string, why: string): SignalboxError {
  return new SignalboxError("socket_folder", `The folder for control sockets, ${folder}, ${why}.`, {
    retryable: true,
    remedy: `Remove ${folder}, or set XDG_RUNTIME_DIR to a folder of your own.`,
  });
}
