import { existsSync, rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { dirname } from "node:path";
import type { AgentToolResult, StopReason, TurnReply } from "@signalbox/contracts";
import {
  formatControlMessage,
  parseControlRequest,
  type ControlAnswer,
  type ControlRequest,
} from "./control-message.ts";
import { onMessageLines } from "./message-lines.ts";
import { ensurePrivateFolder } from "./socket-path.ts";

const maxConnections = 16;
/** For the last word to reach whoever listens. */
const closeLimitMs = 1_000;

/** What a runner does for the daemon in charge. */
export interface Commands {
  readonly runId: string;
  /** Whole bytes of the spool. */
  spoolBytes(): number;
  /** A newer daemon than any before is in charge. */
  takenOver(epoch: number): void;
  stop(reason: StopReason): void;
  reply(turn: number, reply: TurnReply): void;
  answerCall(callId: string, result: AgentToolResult): void;
}

interface Connection {
  readonly socket: Socket;
  /** `null` until it has said hello. */
  epoch: number | null;
  /** Whether it was told that the spool has grown, and has not said since that it has read it. */
  isTold: boolean;
}

/** The control socket of one runner. It obeys the newest daemon that it has seen, and no older one. */
export class ControlServer {
  readonly #path: string;
  readonly #commands: Commands;
  readonly #connections = new Set<Connection>();
  #server: Server | null = null;
  #epoch: number;

  private constructor(path: string, epoch: number, commands: Commands) {
    this.#path = path;
    this.#epoch = epoch;
    this.#commands = commands;
  }

  /** `epoch`: of the daemon that ordered the run. */
  static async listen(path: string, epoch: number, commands: Commands): Promise<ControlServer> {
    const server = new ControlServer(path, epoch, commands);
    try {
      await server.#listen();
    } catch (error) {
      if (existsSync(dirname(path))) throw error;
      // Whoever sweeps up after dead runners was faster.
      await server.ensureListening();
    }
    return server;
  }

  /** Listens again where something has cleared the socket away. */
  async ensureListening(): Promise<void> {
    if (existsSync(this.#path)) return;
    this.#server?.close();
    ensurePrivateFolder(dirname(this.#path));
    await this.#listen();
  }

  /** Tells whoever is not told yet. */
  notifyGrown(): void {
    const bytes = this.#commands.spoolBytes();
    for (const connection of this.#connections) {
      if (connection.epoch === null || connection.isTold) continue;
      connection.isTold = true;
      send(connection, { type: "grown", bytes });
    }
  }

  async close(): Promise<void> {
    this.#server?.close();
    rmSync(this.#path, { force: true });
    const open = [...this.#connections].map(({ socket }) => ended(socket));
    await Promise.all(open);
  }

  async #listen(): Promise<void> {
    const server = createServer((socket) => this.#accept(socket));
    server.maxConnections = maxConnections;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(this.#path, resolve);
    });
    this.#server = server;
  }

  #accept(socket: Socket): void {
    const connection: Connection = { socket, epoch: null, isTold: false };
    this.#connections.add(connection);
    socket.on("close", () => this.#connections.delete(connection));
    // Its end is all there is to know: the daemon connects again, or another one does.
    socket.on("error", () => socket.destroy());
    onMessageLines(socket, (line) => {
      const request = parseControlRequest(line);
      if (request === null) socket.destroy();
      else this.#obey(connection, request);
    });
  }

  #obey(connection: Connection, request: ControlRequest): void {
    if (request.type === "hello") {
      this.#greet(connection, request.epoch);
      return;
    }
    if (connection.epoch === null || connection.epoch < this.#epoch) {
      this.#fence(connection);
      return;
    }
    switch (request.type) {
      case "stop":
        this.#commands.stop(request.reason);
        break;
      case "turn-reply":
        this.#commands.reply(request.turn, request.reply);
        break;
      case "tool-answer":
        this.#commands.answerCall(request.callId, request.result);
        break;
      case "read":
        connection.isTold = false;
        if (request.bytes < this.#commands.spoolBytes()) this.notifyGrown();
        return;
      case "status":
        send(connection, {
          type: "status",
          id: request.id,
          epoch: this.#epoch,
          bytes: this.#commands.spoolBytes(),
        });
        return;
    }
    send(connection, { type: "done", id: request.id });
  }

  #greet(connection: Connection, epoch: number): void {
    if (epoch < this.#epoch) {
      this.#fence(connection);
      return;
    }
    if (epoch > this.#epoch) {
      this.#commands.takenOver(epoch);
      this.#epoch = epoch;
      for (const other of this.#connections) if (other !== connection) this.#fence(other);
    }
    connection.epoch = epoch;
    // It reads to there at once, and says when it has.
    connection.isTold = true;
    const { runId } = this.#commands;
    const bytes = this.#commands.spoolBytes();
    send(connection, { type: "welcome", runId, pid: process.pid, bytes });
  }

  #fence(connection: Connection): void {
    send(connection, { type: "fenced", epoch: this.#epoch });
    connection.socket.end();
  }
}

function send({ socket }: Connection, answer: ControlAnswer): void {
  if (socket.writable) socket.write(formatControlMessage(answer));
}

async function ended(socket: Socket): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(() => socket.destroy(), closeLimitMs);
    socket.once("close", () => {
      clearTimeout(timer);
      resolve();
    });
    socket.end();
  });
}
