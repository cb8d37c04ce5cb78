import { once } from "node:events";
import { createConnection, type Socket } from "node:net";
import { SignalboxError } from "@signalbox/contracts";
import { controlSilent, daemonNotRunning, controlLost } from "./control-errors.ts";
import { readPlace } from "./control-place.ts";
import { LineReader } from "./line-reader.ts";
import {
  controlVersion,
  parseHello,
  parseReply,
  requestLine,
  type ControlRequest,
  type Hello,
} from "./protocol.ts";

const helloLimitMs = 5_000;
const maxReplyBytes = 64 * 1024 * 1024;

/** A daemon that answers. One request may be made of it. */
export class ControlClient implements Disposable {
  readonly hello: Hello;
  readonly #socket: Socket;
  readonly #lines: LineReader;

  private constructor(socket: Socket, lines: LineReader, hello: Hello) {
    this.#socket = socket;
    this.#lines = lines;
    this.hello = hello;
  }

  /**
   * Reaches the daemon of a workflow file. Rejects with `daemon_not_running`, or with `daemon_silent` where there is
   * one that does not answer within 5 s.
   */
  static async connect(place: {
    readonly stateDir: string;
    readonly path: string;
  }): Promise<ControlClient> {
    const found = await readPlace(place.stateDir);
    if (found === null || found.workflow !== place.path) throw daemonNotRunning(place.path);
    const socket = createConnection(found.socket);
    try {
      const lines = new LineReader(socket, maxReplyBytes);
      await once(socket, "connect", { signal: AbortSignal.timeout(helloLimitMs) });
      const line = await lines.next(helloLimitMs);
      const hello = line === null ? null : parseHello(line);
      if (hello === null) throw controlSilent(found.pid);
      if (hello.v !== controlVersion) throw otherVersion(hello);
      return new ControlClient(socket, lines, hello);
    } catch (error) {
      socket.destroy();
      if (SignalboxError.isInstance(error)) throw error;
      throw isNobodyThere(error) ? daemonNotRunning(place.path) : controlSilent(found.pid, error);
    }
  }

  /** Resolves with the result. Rejects with the daemon's own error, or where it goes away before it has answered. */
  async request(
    request: ControlRequest,
    onProgress: (text: string) => void = () => undefined,
  ): Promise<unknown> {
    this.#socket.write(requestLine(request));
    for (;;) {
      const line = await this.#lines.next(null);
      const reply = line === null ? null : parseReply(line);
      if (reply === null) throw controlLost(this.hello.pid);
      if (reply.type === "result") return reply.result;
      if (reply.type === "progress") onProgress(reply.text);
      else {
        const { code, message, remedy } = reply.error;
        throw new SignalboxError(code, message, remedy === null ? {} : { remedy });
      }
    }
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}

function otherVersion({ pid, version }: Hello): SignalboxError {
  return new SignalboxError(
    "control_version",
    `the daemon (pid ${pid}) is signalbox ${version}, which takes orders in another form`,
    { remedy: "Use that version for orders, or end the daemon and start this one." },
  );
}

/** A socket whose daemon is dead, or that is not there any more. */
function isNobodyThere(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    (error.code === "ENOENT" || error.code === "ECONNREFUSED")
  );
}
