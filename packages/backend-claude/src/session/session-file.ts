import { constants } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import * as v from "valibot";
import { type SessionEntry, sessionEntry } from "./session-entry.ts";

/** Larger ones are not gone on with: they would have to be held in memory. */
const maxBytes = 256 * 1024 * 1024;
const sessionIdPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The journal of a session: JSON lines, each on the disk before anything follows from it. One writer at a time. */
export class SessionFile {
  readonly #handle: FileHandle;
  #length: number;
  #writing: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle, length: number) {
    this.#handle = handle;
    this.#length = length;
  }

  /** Rejects where the file is there already. */
  static async create(folder: string, sessionId: string): Promise<SessionFile> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = pathOf(folder, sessionId);
    const file = new SessionFile(await open(path, "wx", 0o600), 0);
    await file.append({ type: "opened", version: 1, sessionId });
    await syncFolder(dirname(path));
    return file;
  }

  /**
   * `null` where there is no such session, or its file cannot be understood. What a process left half written when it
   * died is cut off.
   */
  static async resume(
    folder: string,
    sessionId: string,
  ): Promise<{ readonly file: SessionFile; readonly entries: readonly SessionEntry[] } | null> {
    if (!sessionIdPattern.test(sessionId)) return null;
    const handle = await openExisting(pathOf(folder, sessionId));
    if (handle === null) return null;
    const found = await readEntries(handle, sessionId);
    if (found === null) {
      await handle.close();
      return null;
    }
    await handle.truncate(found.length);
    return { file: new SessionFile(handle, found.length), entries: found.entries };
  }

  /** Resolves when the entry is on the disk. Where that cannot be, rejects, and nothing of it is left. */
  async append(entry: SessionEntry): Promise<void> {
    const previous = this.#writing;
    const written = (async (): Promise<void> => {
      await previous.catch(() => undefined);
      await this.#write(Buffer.from(`${JSON.stringify(entry)}\n`));
    })();
    this.#writing = written;
    await written;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#writing]);
    await this.#handle.close();
  }

  async #write(line: Buffer): Promise<void> {
    try {
      for (let done = 0; done < line.length;) {
        const position = this.#length + done;
        const { bytesWritten } = await this.#handle.write(line, done, null, position);
        done += bytesWritten;
      }
      await this.#handle.datasync();
      this.#length += line.length;
    } catch (error) {
      await this.#handle.truncate(this.#length);
      throw error;
    }
  }
}

function pathOf(folder: string, sessionId: string): string {
  return join(folder, `${sessionId}.jsonl`);
}

async function openExisting(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, constants.O_RDWR | constants.O_NOFOLLOW);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}

async function readEntries(
  handle: FileHandle,
  sessionId: string,
): Promise<{ readonly entries: readonly SessionEntry[]; readonly length: number } | null> {
  if ((await handle.stat()).size > maxBytes) return null;
  const bytes = await handle.readFile();
  const length = bytes.lastIndexOf(0x0a) + 1;
  const entries: SessionEntry[] = [];
  for (const line of bytes.subarray(0, length).toString("utf8").split("\n").slice(0, -1)) {
    const entry = parseLine(line);
    if (entry === null) return null;
    entries.push(entry);
  }
  const [first] = entries;
  return first?.type === "opened" && first.sessionId === sessionId ? { entries, length } : null;
}

function parseLine(line: string): SessionEntry | null {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return null;
  }
  const parsed = v.safeParse(sessionEntry, json);
  return parsed.success ? parsed.output : null;
}

/** So that the file itself is found after a power cut. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
