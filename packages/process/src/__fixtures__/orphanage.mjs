// Starts a sleeper in a session of its own, prints its pid as soon as it is ready, and ends.
import { spawn } from "node:child_process";
import { once } from "node:events";

const sleeper = new URL("sleeper.mjs", import.meta.url).pathname;
const child = spawn(process.execPath, [sleeper, ...process.argv.slice(2)], {
  detached: true,
  stdio: ["ignore", "pipe", "ignore"],
});
const [line] = await once(child.stdout, "data");
process.stdout.write(line, () => process.exit(0));
