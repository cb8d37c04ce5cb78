import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { SignalboxError, type AgentTools } from "@signalbox/contracts";
import { firstLine } from "./first-line.ts";
import { toolProgram } from "./tool-program.ts";

/** The kernel's limit for the path of a socket, without the NUL at its end. */
const maxPathBytes = 107;
const maxConnections = 8;

export interface ToolServerOrder {
  /** Absolute; made here, and removed by `close`. Of this run alone, and short: a socket stands in it. */
  readonly folder: string;
  readonly tools: Pick<AgentTools, "list" | "call">;
  /** A peer that does not know the token, or does not speak MCP. It was cut off. */
  readonly onRefused: (why: string) => void;
}

/**
 * Offers the tools of one run to its agent, as MCP on a unix socket. The peer says the run's token first, on a line;
 * `signalbox-tool` does so. Nothing here knows a credential.
 */
export class ToolServer {
  /** Starts the bridge between standard input and output and this server: for an agent that speaks MCP. */
  readonly mcp: NonNullable<AgentTools["mcp"]>;
  /** Holds the program `signalbox-tool`: to be put first in the PATH of an agent that does not. */
  readonly binFolder: string;
  /** Absolute paths that a sandbox has to show for both, to be read. */
  readonly readablePaths: readonly string[];
  readonly #order: ToolServerOrder;
  readonly #token: string;
  readonly #sockets = new Set<Socket>();
  #server: Server | null = null;

  private constructor(order: ToolServerOrder) {
    const { folder } = order;
    this.#order = order;
    this.#token = randomBytes(32).toString("base64url");
    this.mcp = { command: process.execPath, args: [toolProgram, folder, "mcp"] };
    this.binFolder = join(folder, "bin");
    this.readablePaths = [process.execPath, toolProgram, folder];
  }

  /** Rejects with `socket_path` where the folder's path is too long, and with what the file system says. */
  static async open(order: ToolServerOrder): Promise<ToolServer> {
    const server = new ToolServer(order);
    await server.#open();
    return server;
  }

  /** Cuts off whoever is connected. What was called is still performed, and answered to nobody. */
  async close(): Promise<void> {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    await rm(this.#order.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  async #open(): Promise<void> {
    const { folder } = this.#order;
    const path = join(folder, "socket");
    if (Buffer.byteLength(path) > maxPathBytes) {
      throw new SignalboxError("socket_path", `${path} is too long for a socket.`, {
        remedy: "Set TMPDIR to a shorter path.",
      });
    }
    await mkdir(this.binFolder, { recursive: true, mode: 0o700 });
    await writeFile(join(folder, "token"), this.#token, { mode: 0o600, flag: "wx" });
    const script = `#!/bin/sh\nexec ${[process.execPath, toolProgram, folder].map(quote).join(" ")} "$@"\n`;
    await writeFile(join(this.binFolder, "signalbox-tool"), script, { mode: 0o700 });
    const server = createServer((socket) => void this.#accept(socket));
    server.maxConnections = maxConnections;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(path, resolve);
    });
    await chmod(path, 0o600);
    this.#server = server;
  }

  async #accept(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    const line = await firstLine(socket);
    if (line === null || !isSame(line, this.#token)) {
      socket.destroy();
      this.#order.onRefused("A peer did not know the token of the run.");
      return;
    }
    try {
      // It takes longer to load than all else here, and most agents never connect.
      const { serveMcp } = await import("./serve-mcp.ts");
      await serveMcp(socket, this.#order.tools);
    } catch (error) {
      socket.destroy();
      this.#order.onRefused(error instanceof Error ? error.message : String(error));
    }
  }
}

/** In a time that does not tell how much of it is right. */
function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

/** As one word of the shell. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
