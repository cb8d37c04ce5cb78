import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { parseRunnerOrder } from "../entry/runner-order.ts";
import { identityOf } from "../folder/process-identity.ts";
import { runFolder } from "../folder/run-folder.ts";
import { takeRunLock } from "../folder/run-lock.ts";
import { runMarker } from "../run-marker.ts";

/** A runner that dies when its agent is at work, and whose reply nobody has heard. */
for await (const line of createInterface({ input: process.stdin })) {
  const given = parseRunnerOrder(line);
  if (given === null) break;
  const { runId } = given.order;
  const owner = identityOf(process.pid);
  takeRunLock(runFolder(given.stateDir, runId), { kind: "runner", owner, socket: "" });
  const marker = runMarker(given.stateDir, runId);
  spawn("sleep", ["60"], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, SIGNALBOX_RUN_ID: marker },
  });
  process.exit(1);
}
