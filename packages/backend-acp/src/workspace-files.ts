import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, readlink, realpath, rm } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { RequestError } from "@agentclientprotocol/sdk";

/** Larger files are for the agent's own tools. */
const maxFileBytes = 8 * 1024 * 1024;

/**
 * The files of a workspace, and no others: whatever a path or a symbolic link says, nothing outside is read or written, and
 * nothing of the repository's own data (`.git`). Throws `RequestError`s, which are for the agent.
 */
export class WorkspaceFiles {
  /** Real path of the workspace. */
  readonly root: string;
  readonly #name: string;

  private constructor(root: string, name: string) {
    this.root = root;
    this.#name = name;
  }

  static async of(cwd: string): Promise<WorkspaceFiles> {
    return new WorkspaceFiles(await realpath(cwd), cwd);
  }

  /** The real path. @param path absolute, or from the workspace */
  async locate(path: string): Promise<string> {
    if (path.includes("\0")) throw refused("A path cannot have a NUL byte.");
    const named = relative(this.#name, resolve(this.#name, path));
    const absolute = isOutside(named) ? resolve(path) : resolve(this.root, named);
    const real = await this.#real(absolute, path);
    if (isOutside(relative(this.root, real))) throw refused(`${path} is outside of the workspace.`);
    return real;
  }

  /** Whether a file there may be changed. */
  async isWritable(path: string): Promise<boolean> {
    try {
      this.#checkGit(await this.locate(path), path);
      return true;
    } catch (error) {
      if (error instanceof RequestError) return false;
      throw error;
    }
  }

  /** Lines of a text file. @param line the first one, 1-based @param limit how many at most */
  async read(path: string, line: number | null, limit: number | null): Promise<string> {
    const real = await this.locate(path);
    // A pipe would make an open that waits for somebody to write.
    const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
    await using handle = await this.#open(real, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, path);
    const { size } = await this.#regular(handle, path);
    if (size > maxFileBytes) {
      throw refused(`${path} has ${size} bytes, and at most ${maxFileBytes} are read.`);
    }
    const text = await handle.readFile("utf8");
    if (line === null && limit === null) return text;
    const start = Math.max(1, line ?? 1) - 1;
    const lines = text.split("\n");
    return lines.slice(start, limit === null ? undefined : start + limit).join("\n");
  }

  /** Makes or replaces a file and the folders above it. */
  async write(path: string, content: string): Promise<void> {
    const real = await this.locate(path);
    this.#checkGit(real, path);
    await mkdir(dirname(real), { recursive: true });
    await makeWay(real, path);
    const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    await using handle = await this.#open(real, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, path);
    await this.#regular(handle, path);
    await handle.truncate();
    await handle.writeFile(content);
  }

  /** The repository's own data decides what git runs by itself. */
  #checkGit(real: string, path: string): void {
    const parts = relative(this.root, real).toLowerCase().split(sep);
    if (parts.includes(".git")) throw refused(`${path} must not be touched.`);
  }

  /** Of what is not there yet, the part that is there decides. */
  async #real(absolute: string, path: string): Promise<string> {
    try {
      return await realpath(absolute);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "ENOENT") throw refused(`${path} cannot be opened: ${code}.`);
    }
    if (await exists(absolute)) throw refused(`${path} is a link to nothing.`);
    return join(await this.#real(dirname(absolute), path), basename(absolute));
  }

  /** Also where a folder has become a link since it was located, nothing outside is opened to be read or changed. */
  async #open(real: string, flags: number, path: string): Promise<FileHandle> {
    let handle: FileHandle;
    try {
      handle = await open(real, flags, 0o666);
    } catch (error) {
      const code = codeOf(error);
      if (code === "ENOENT") throw RequestError.resourceNotFound(path);
      throw refused(`${path} cannot be opened: ${code}.`);
    }
    if ((await openedPath(handle, real)) === real) return handle;
    await handle.close();
    throw refused(`${path} has been moved while it was opened.`);
  }

  async #regular(handle: FileHandle, path: string): Promise<{ readonly size: number }> {
    const stat = await handle.stat();
    if (!stat.isFile()) throw refused(`${path} is not a regular file.`);
    return stat;
  }
}

/** What may not be done, as the agent is told. */
export function refused(message: string): RequestError {
  return new RequestError(-32_602, message);
}

function isOutside(path: string): boolean {
  return path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path);
}

/** A hard link may lead to a file outside, which is not to be written: this name of it goes. */
async function makeWay(real: string, path: string): Promise<void> {
  if (!(await exists(real))) return;
  const stat = await lstat(real);
  if (!stat.isFile()) throw refused(`${path} is not a regular file.`);
  if (stat.nlink > 1) await rm(real);
}

/** Where the system says that the open file is, as far as it does. */
async function openedPath(handle: FileHandle, otherwise: string): Promise<string> {
  try {
    return await readlink(`/proc/self/fd/${handle.fd}`);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return otherwise;
    throw error;
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : "unknown error";
}
