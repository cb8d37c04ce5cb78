import { closeSync, openSync } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { SignalboxError } from "@signalbox/contracts";
import { SpareRunners } from "../host/spare-runners.ts";
import { realClock } from "./real-clock.ts";

/** A daemon that has no descriptors left: says what comes of a spare and of a run, and that it lives on. */
const entry = new URL("runner-entry.ts", import.meta.url);
const launch = { entry, nodeArguments: [], entryArguments: [], environment: {}, cwd: "/" };
const spares = new SpareRunners(launch, realClock);
const open = everyFile();
const said: string[] = [];
spares.warm();
try {
  spares.take();
} catch (error) {
  said.push(SignalboxError.isInstance(error) ? `${error.code} ${error.retryable}` : String(error));
}
await setImmediate();
for (const file of open) closeSync(file);
spares.close();
console.log([...said, "lives on"].join(", "));

function everyFile(): readonly number[] {
  const files: number[] = [];
  for (;;) {
    try {
      files.push(openSync("/dev/null", "r"));
    } catch {
      // That was the last one.
      return files;
    }
  }
}
