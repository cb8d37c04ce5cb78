import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hasCode } from "./system-error.ts";

/** What git was about to move when it was last heard of: kept on the disk from before it begins until it has ended. */
export interface MoveNote {
  /** Of the checkout. */
  readonly path: string;
  readonly branch: string;
  /** The commit that the checkout stood at. */
  readonly from: string;
  /** The commit that it moves to; it stands in the arguments of the git that moves it, and of no other. */
  readonly to: string;
}

export interface KeptNote extends MoveNote {
  /** When it was written, in epoch milliseconds of the file system's clock. */
  readonly writtenAt: number;
}

export function noteFile(stateDir: string, checkout: string): string {
  const name = createHash("sha256").update(checkout).digest("hex").slice(0, 16);
  return join(stateDir, "moves", `${name}.json`);
}

/** `null` where there is none, or one that nobody finished writing: then git had not begun. */
export async function readNote(file: string): Promise<KeptNote | null> {
  try {
    const { mtimeMs } = await stat(file);
    const note: unknown = JSON.parse(await readFile(file, "utf8"));
    return isNote(note) ? { ...note, writtenAt: mtimeMs } : null;
  } catch (error) {
    if (hasCode(error, "ENOENT") || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** On the disk when it resolves. */
export async function writeNote(file: string, note: MoveNote): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.new`;
  const handle = await open(draft, "w", 0o600);
  try {
    await handle.writeFile(`${JSON.stringify({ v: 1, ...note })}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(draft, file);
}

export async function dropNote(file: string): Promise<void> {
  await rm(file, { force: true });
}

function isNote(value: unknown): value is MoveNote {
  return (
    typeof value === "object" &&
    value !== null &&
    "v" in value &&
    value.v === 1 &&
    ["path", "branch", "from", "to"].every(
      (name) => typeof Object.entries(value).find(([key]) => key === name)?.[1] === "string",
    )
  );
}
