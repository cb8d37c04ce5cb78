// Ends at once, and leaves a process in a session of its own that holds the output open.
import { spawn } from "node:child_process";

const sleeper = new URL("sleeper.mjs", import.meta.url).pathname;
const child = spawn(process.execPath, [sleeper, "stubborn"], { detached: true, stdio: "inherit" });
child.unref();
process.stdout.write(`leaving ${child.pid}\n`);
