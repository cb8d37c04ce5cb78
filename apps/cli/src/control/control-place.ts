import { createHash } from "node:crypto";
import { chmod, lstat, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import * as v from "valibot";
import { controlVersion } from "./protocol.ts";

/** Where the running daemon of a state folder listens. */
export interface ControlPlace {
  readonly v: number;
  readonly pid: number;
  readonly epoch: number;
  /** Path of the unix socket. */
  readonly socket: string;
  /** Real path of the workflow file. */
  readonly workflow: string;
}

const placeSchema: v.GenericSchema<unknown, ControlPlace> = v.object({
  v: v.number(),
  pid: v.number(),
  epoch: v.number(),
  socket: v.string(),
  workflow: v.string(),
});

/** What `sun_path` holds on every system that has it, less the final zero. */
const maxSocketBytes = 103;
const permissionBits = 0o077;

/** The file beside the journal that says where the daemon listens. */
export function placeFile(stateDir: string): string {
  return join(stateDir, "control.json");
}

export interface SocketCandidate {
  readonly folder: string;
  readonly path: string;
  /** How names of this state folder's sockets begin there, ahead of `<epoch>-<pid>.sock`. */
  readonly prefix: string;
}

/**
 * Where a socket of this daemon may stand, best first: in the state folder, or where that makes its path too long, in
 * a folder of this user. Each daemon life has a name of its own, so that none removes the socket of the next.
 */
export function socketCandidates(
  stateDir: string,
  life: { readonly pid: number; readonly epoch: number },
  environment: Readonly<Record<string, string | undefined>>,
): readonly SocketCandidate[] {
  const own = `${life.epoch}-${life.pid}.sock`;
  const hash = createHash("sha256").update(stateDir).digest("hex").slice(0, 12);
  const runtime = environment["XDG_RUNTIME_DIR"] ?? "";
  const user = process.getuid?.() ?? 0;
  const folders = [
    { folder: join(stateDir, "control"), prefix: "" },
    ...(isAbsolute(runtime) ? [{ folder: join(runtime, "signalbox"), prefix: `${hash}-` }] : []),
    { folder: join(tmpdir(), `signalbox-${user}`), prefix: `${hash}-` },
  ];
  return folders
    .map(({ folder, prefix }) => ({ folder, prefix, path: join(folder, `${prefix}${own}`) }))
    .filter(({ path }) => Buffer.byteLength(path) <= maxSocketBytes);
}

/** Makes a folder that nobody else can enter. Rejects where the name is taken by something that is not ours. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== (process.getuid?.() ?? found.uid)) {
    throw new SignalboxError("control_folder", `${folder} belongs to somebody else`, {
      remedy: "Remove it, or point --state-dir at a shorter path.",
    });
  }
  if ((found.mode & permissionBits) !== 0) await chmod(folder, 0o700);
}

/** `null` where no daemon has written one, or another program has. */
export async function readPlace(stateDir: string): Promise<ControlPlace | null> {
  let text: string;
  try {
    text = await readFile(placeFile(stateDir), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
  return parsePlace(text);
}

function parsePlace(text: string): ControlPlace | null {
  try {
    const result = v.safeParse(placeSchema, JSON.parse(text));
    return result.success ? result.output : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Whole or not at all, and readable by this user alone. */
export async function writePlace(stateDir: string, place: Omit<ControlPlace, "v">): Promise<void> {
  const file = placeFile(stateDir);
  const temporary = `${file}.${place.pid}.tmp`;
  const text = JSON.stringify({ v: controlVersion, ...place });
  await writeFile(temporary, `${text}\n`, { mode: 0o600 });
  await rename(temporary, file);
}

/** Leaves the one that another daemon has written since. */
export async function removePlace(stateDir: string, socket: string): Promise<void> {
  const place = await readPlace(stateDir);
  if (place?.socket === socket) await rm(placeFile(stateDir), { force: true });
}
