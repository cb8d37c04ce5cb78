// Starts a process that nothing leads to: its parent has ended, it has a session of its own, no environment and none of
// our outputs. Prints its pid, then does what the first argument says: `stay`, or `leave` (exit 0).
import { spawn } from "node:child_process";
import { once } from "node:events";

const orphanage = new URL("orphanage.mjs", import.meta.url).pathname;
const child = spawn(process.execPath, [orphanage, "stubborn"], {
  detached: true,
  env: {},
  stdio: ["ignore", "pipe", "ignore"],
});
const [line] = await once(child.stdout, "data");
await once(child, "exit");
process.stdout.write(line);
if (process.argv[2] === "stay") setTimeout(() => {}, 60_000);
