/**
 * Changes a file and dies by SIGKILL before the n-th call by which it changes the file system. Prints how many calls there were where it gets to the end.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";

const [path = "", text = "", dieAt = "0"] = process.argv.slice(2);
let calls = 0;
let isCounting = false;

/** Before one that changes nothing, a death leaves what the death before it left. */
const changing = ["open", "mkdir", "writeFile", "chmod", "sync", "rename", "rm", "symlink"];

/** The functions of `target` count, and each may be the last thing that this process does. */
function countCalls(target: object): void {
  for (const name of changing) {
    const original: unknown = Reflect.get(target, name);
    if (typeof original !== "function") continue;
    const counted = function (this: unknown, ...values: unknown[]): unknown {
      if (isCounting) {
        calls += 1;
        if (calls === Number(dieAt)) process.kill(process.pid, "SIGKILL");
      }
      return Reflect.apply(original, this, values);
    };
    Reflect.set(target, name, counted);
  }
}

const require = createRequire(import.meta.url);
const fs: typeof import("node:fs") = require("node:fs");
const handle = await fs.promises.open(path, "r");
countCalls(Object.getPrototypeOf(handle));
await handle.close();
countCalls(fs.promises);
countCalls(fs);
syncBuiltinESMExports();

const { updateFile } = await import("../write-file.ts");
isCounting = true;
await updateFile({ path, name: "x", change: () => text }, new AbortController().signal);
isCounting = false;
process.stdout.write(`${calls}`);
