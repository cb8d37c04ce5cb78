import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open, realpath, rm } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { ToolFailure } from "./tool.ts";

/** Larger ones are for the shell. */
const maxFileBytes = 8 * 1024 * 1024;

/** A place in the workspace, with every symbolic link followed. */
export interface Located {
  readonly absolute: string;
  /** From the workspace; `.` for itself. */
  readonly relative: string;
}

/**
 * The files of a workspace, and no others: whatever a path or a symbolic link says, nothing outside is read or written,
 * nothing of the repository's own data (`.git`), and nothing below a denied path.
 */
export class WorkspaceFiles {
  /** Real path of the workspace. */
  readonly root: string;
  readonly #name: string;
  readonly #denied: readonly string[];

  private constructor(root: string, name: string, denied: readonly string[]) {
    this.root = root;
    this.#name = name;
    this.#denied = denied.map((path) =>
      path.replace(/^\.\//, "").replace(/\/+$/, "").toLowerCase(),
    );
  }

  static async of(cwd: string, denyPaths: readonly string[]): Promise<WorkspaceFiles> {
    return new WorkspaceFiles(await realpath(cwd), cwd, denyPaths);
  }

  /** @param path absolute, or from the workspace. Throws a `ToolFailure` where it leads to what nobody may touch. */
  async locate(path: string): Promise<Located> {
    if (path.includes("\0")) throw new ToolFailure("A path cannot have a NUL byte.");
    const absolute = await this.#real(this.#absolute(path), path);
    const inside = relative(this.root, absolute);
    if (inside === ".." || inside.startsWith(`..${sep}`)) throw outside(path);
    if (!this.allows(inside)) throw new ToolFailure(`${path} must not be touched.`);
    return { absolute, relative: inside === "" ? "." : inside };
  }

  /** @param path from the workspace, without symbolic links */
  allows(path: string): boolean {
    const lower = path.toLowerCase();
    const isGit = lower.split(sep).some((part) => part === ".git");
    return (
      !isGit && !this.#denied.some((denied) => lower === denied || lower.startsWith(denied + sep))
    );
  }

  /** The text of a file. */
  async read({ absolute, relative: name }: Located): Promise<string> {
    // A pipe would make an open that waits for somebody to write.
    const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    const handle = await this.#open(absolute, flags, name);
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) throw new ToolFailure(`${name} is not a regular file.`);
      if (stat.size > maxFileBytes) {
        throw new ToolFailure(
          `${name} has ${stat.size} bytes, and at most ${maxFileBytes} are read.`,
        );
      }
      return decode(await handle.readFile(), name);
    } finally {
      await handle.close();
    }
  }

  /** Makes or replaces a file and the folders above it. Another name of the same file keeps its content. */
  async write({ absolute, relative: name }: Located, text: string): Promise<void> {
    await mkdir(dirname(absolute), { recursive: true });
    const mode = await this.#makeWay(absolute, name);
    const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW, O_NONBLOCK } = constants;
    const flags = O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK;
    const handle = await this.#open(absolute, flags, name, mode);
    try {
      await handle.writeFile(text);
    } finally {
      await handle.close();
    }
  }

  /** A hard link may lead to a file outside, which is not to be written: this name of it goes. */
  async #makeWay(absolute: string, name: string): Promise<number> {
    let stat: Awaited<ReturnType<typeof lstat>>;
    try {
      stat = await lstat(absolute);
    } catch (error) {
      if (codeOf(error) === "ENOENT") return 0o666;
      throw error;
    }
    if (!stat.isFile()) throw new ToolFailure(`${name} is not a regular file.`);
    if (stat.nlink > 1) await rm(absolute);
    return stat.mode & 0o777;
  }

  #absolute(path: string): string {
    const absolute = resolve(this.root, path);
    const named = relative(this.#name, absolute);
    const isNamed = named !== ".." && !named.startsWith(`..${sep}`);
    return isNamed ? resolve(this.root, named) : absolute;
  }

  /** Of what is not there yet, the part that is there decides. */
  async #real(absolute: string, path: string): Promise<string> {
    try {
      return await realpath(absolute);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "ENOENT") throw new ToolFailure(`${path} cannot be opened: ${code}.`);
    }
    if (await exists(absolute)) throw new ToolFailure(`${path} is a link to nothing.`);
    return join(await this.#real(dirname(absolute), path), basename(absolute));
  }

  async #open(path: string, flags: number, name: string, mode?: number): Promise<FileHandle> {
    try {
      return await open(path, flags, mode);
    } catch (error) {
      const code = codeOf(error);
      throw new ToolFailure(
        code === "ENOENT" ? `There is no ${name}.` : `${name} cannot be opened: ${code}.`,
      );
    }
  }
}

function decode(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ToolFailure(`${name} is no UTF-8 text.`);
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

function outside(path: string): ToolFailure {
  return new ToolFailure(`${path} is outside of the workspace.`);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
