import { chmod, lstat, readdir, rm, rmdir } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { dirname, join } from "node:path";
import { SignalboxError } from "@signalbox/contracts";
import { serveConnection, type CarryOut } from "./control-connection.ts";
import {
  makePrivateFolder,
  readPlace,
  removePlace,
  socketCandidates,
  writePlace,
} from "./control-place.ts";
import type { Hello } from "./protocol.ts";

const maxClients = 32;
const clientLimitMs = 5_000;
const closeLimitMs = 1_000;

export interface ControlServerOptions {
  readonly stateDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly hello: Hello;
  readonly carryOut: CarryOut;
}

/**
 * The socket on which a daemon takes orders: this user's alone, at most 32 clients at a time, each of which has 5 s to
 * ask and 5 s to read. Whoever holds the journal opens it; what an earlier daemon left is replaced.
 */
export class ControlServer {
  readonly #server: Server;
  readonly #stateDir: string;
  readonly #epoch: number;
  readonly path: string;
  readonly #clients = new Map<Socket, Promise<void>>();

  private constructor(server: Server, path: string, options: ControlServerOptions) {
    this.#server = server;
    this.path = path;
    this.#stateDir = options.stateDir;
    this.#epoch = options.hello.epoch;
    server.on("connection", (socket: Socket) => {
      const served = serveConnection(socket, { ...options, limitMs: clientLimitMs });
      const forget = (): void => void this.#clients.delete(socket);
      this.#clients.set(socket, served.then(forget, forget));
    });
  }

  /** Rejects with `control_unavailable` where no socket can be made. */
  static async open(options: ControlServerOptions): Promise<ControlServer> {
    const { stateDir, environment, hello } = options;
    const left = await readPlace(stateDir);
    const failures: string[] = [];
    for (const { folder, path, prefix } of socketCandidates(stateDir, hello, environment)) {
      try {
        await makePrivateFolder(folder);
        await rm(path, { force: true });
        const control = new ControlServer(await listen(path), path, options);
        if (left !== null && left.socket !== path) await removeSocket(left.socket);
        await removeEarlier(folder, prefix, hello.epoch);
        const { pid, epoch, workflow } = hello;
        await writePlace(stateDir, { pid, epoch, workflow, socket: path });
        return control;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
    }
    throw new SignalboxError(
      "control_unavailable",
      `the daemon cannot be given orders: ${failures.join("; ") || "no path is short enough"}`,
      {
        remedy:
          "Point --state-dir at a short path on a local disk; until then, signals end the daemon.",
      },
    );
  }

  /** Whether those who look for this daemon find it, or the one that took over from it. */
  async isFound(): Promise<boolean> {
    const place = await readPlace(this.#stateDir);
    if (place?.socket !== this.path) return place !== null && place.epoch > this.#epoch;
    const socket = await lstat(this.path).catch(() => null);
    return socket?.isSocket() === true;
  }

  /** Takes nobody any more; those who are there are served on. */
  unlisten(): void {
    this.#server.close();
  }

  /** Takes nobody any more; who waits for a reply has a second to get it. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    await removePlace(this.#stateDir, this.path);
    const limit = setTimeout(() => {
      for (const socket of this.#clients.keys()) socket.destroy();
    }, closeLimitMs);
    await Promise.all(this.#clients.values());
    clearTimeout(limit);
    await closed;
    await removeEmpty(dirname(this.path));
  }
}

/** Whoever is about to listen there makes it again. */
async function removeEmpty(folder: string): Promise<void> {
  // Another daemon's socket stands in it, or somebody else was faster.
  await rmdir(folder).catch(() => undefined);
}

/** Those of all daemons before this one, also of one that died before it could say where it listens. */
async function removeEarlier(folder: string, prefix: string, epoch: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const earlier = /^(\d+)-\d+\.sock$/.exec(
      name.startsWith(prefix) ? name.slice(prefix.length) : "",
    );
    if (earlier !== null && Number(earlier[1]) < epoch) await removeSocket(join(folder, name));
  }
}

/** What a dead daemon left. */
async function removeSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => null);
  if (found?.isSocket() === true) await rm(path, { force: true });
}

async function listen(path: string): Promise<Server> {
  const server = createServer();
  server.maxConnections = maxClients;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(path, resolve);
  await promise;
  // What accept() says later is about one client, and that one sees it.
  server.off("error", reject).on("error", () => undefined);
  await chmod(path, 0o600);
  return server;
}
