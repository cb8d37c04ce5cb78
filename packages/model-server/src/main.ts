import { parseArgs } from "node:util";
import { startModelServer } from "./model-server.ts";

// For examples and by hand: prints its URL on the first line and serves until it is stopped.
const { values } = parseArgs({ options: { port: { type: "string", default: "0" } } });
const server = await startModelServer({ port: Number(values.port) });
console.log(server.url);
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void server.close());
}
