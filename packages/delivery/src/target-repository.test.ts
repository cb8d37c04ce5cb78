import { once } from "node:events";
import { createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { calm, Scratch } from "./__fixtures__/scratch.ts";
import { GitDelivery } from "./index.ts";

/** A remote that accepts connections and never says a word. */
class SilentRemote {
  readonly #server: Server = createServer((socket) => this.#accept(socket));
  readonly #open = new Set<Socket>();

  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `git://127.0.0.1:${address.port}/x`;
  }

  get connections(): number {
    return this.#open.size;
  }

  close(): void {
    for (const socket of this.#open) socket.destroy();
    this.#server.close();
  }

  #accept(socket: Socket): void {
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    socket.on("error", () => this.#open.delete(socket));
    socket.resume();
  }
}

describe("a remote that does not answer", () => {
  let scratch: Scratch;
  let remote: SilentRemote;
  beforeEach(() => {
    scratch = new Scratch();
    remote = new SilentRemote();
  });
  afterEach(() => {
    remote.close();
    scratch.dispose();
  });

  it.each(["merge", "branch"] as const)(
    "ends a delivery of kind %s at the time limit, and holds up none behind it",
    async (kind) => {
      const workspace = scratch.workspace("login");
      scratch.commit("login.txt", "done\n", workspace.path);
      const config = scratch.config({ kind }, await remote.listen());
      const delivery = new GitDelivery(config, { remoteTimeoutMs: 300 });
      const deliver = () => delivery.deliver(scratch.order(workspace), calm);

      const results = await Promise.all([deliver(), deliver()]);

      const failed = {
        kind: "failed",
        retryable: true,
        message:
          "git ls-remote took longer than 0.3 s and was ended. " +
          "It is tried again; see why the repository, the network or the disk is so slow.",
      };
      expect(results).toEqual([failed, failed]);
      await vi.waitUntil(() => remote.connections === 0);
    },
  );
});
