import type { Socket } from "node:net";

/** What a tool answers is the longest of all. */
const maxLineCharacters = 2 * 1024 * 1024;

/** Calls `onLine` for each line that arrives. A peer that sends longer ones is cut off. */
export function onMessageLines(socket: Socket, onLine: (line: string) => void): void {
  let rest = "";
  socket.setEncoding("utf8");
  socket.on("data", (chunk: string) => {
    const lines = `${rest}${chunk}`.split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > maxLineCharacters) socket.destroy();
    for (const line of lines) if (!socket.destroyed) onLine(line);
  });
}
