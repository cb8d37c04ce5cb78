import type { Socket } from "node:net";

const maxBytes = 1_024;
const limitMs = 5_000;

/** The first line of what a peer says; what comes after it stays to be read. `null` where none comes in time. */
export async function firstLine(socket: Socket): Promise<string | null> {
  let read = Buffer.alloc(0);
  const { promise, resolve } = Promise.withResolvers<string | null>();
  const timer = setTimeout(() => resolve(null), limitMs);
  const onData = (chunk: Buffer): void => {
    read = Buffer.concat([read, chunk]);
    const end = read.indexOf("\n");
    if (end === -1) {
      if (read.length > maxBytes) resolve(null);
      return;
    }
    socket.off("data", onData);
    socket.pause();
    if (end + 1 < read.length) socket.unshift(read.subarray(end + 1));
    resolve(read.subarray(0, end).toString("utf8"));
  };
  const onClose = (): void => resolve(null);
  socket.on("data", onData);
  socket.once("close", onClose);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.off("data", onData);
    socket.off("close", onClose);
  }
}
