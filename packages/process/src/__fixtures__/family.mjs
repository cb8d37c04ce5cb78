// Starts relatives that are hard to find, prints their pids as one line of JSON, then does what the first argument
// says: `stay`, or `leave` (exit 0). The second argument goes to each relative.
import { spawn } from "node:child_process";
import { once } from "node:events";

const [, , then, ...rest] = process.argv;
const sleeper = new URL("sleeper.mjs", import.meta.url).pathname;
const orphanage = new URL("orphanage.mjs", import.meta.url).pathname;

async function pidOf(child) {
  const [chunk] = await once(child.stdout, "data");
  return Number(/\d+/.exec(chunk)[0]);
}

function start(script, overrides) {
  return spawn(process.execPath, [script, ...rest], {
    stdio: ["ignore", "pipe", "inherit"],
    ...overrides,
  });
}

const [child, ownSession, orphan, bare] = await Promise.all([
  pidOf(start(sleeper)),
  pidOf(start(sleeper, { detached: true })),
  // Its parent ends at once: only the marker in its environment leads back.
  pidOf(start(orphanage)),
  // A session of its own and no environment: only its parent leads back.
  pidOf(start(sleeper, { detached: true, env: {} })),
]);
console.log(JSON.stringify({ self: process.pid, child, ownSession, orphan, bare }));
if (then === "leave") process.exit(0);
