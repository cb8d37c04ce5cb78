import { randomUUID } from "node:crypto";
import { enclose } from "./containment/enclose.ts";
import { type ManagedProcess, StartedProcess } from "./managed-process.ts";
import { launch } from "./spawn/launch.ts";
import { locateProgram } from "./spawn/locate-program.ts";
import { processMarkerName } from "./spawn/markers.ts";
import type { ProcessOrder } from "./spawn/process-order.ts";
import { countForks } from "./termination/fork-count.ts";

/**
 * Starts a program. Rejects with a `SignalboxError` (`process_not_found`, `process_not_executable`, `process_cwd`,
 * `process_spawn`; `containment_unavailable` where its sandbox cannot be had) where that cannot be, and with the signal's reason where that is aborted already.
 */
export async function startProcess(order: ProcessOrder): Promise<ManagedProcess> {
  order.signal?.throwIfAborted();
  const { cwd, environment } = order;
  const path = await locateProgram({ program: order.command[0], cwd, environment });
  const enclosed = await enclose(order, path);
  order.signal?.throwIfAborted();
  const processId = randomUUID();
  const countBefore = countForks();
  const launched = await launch({ ...order, command: enclosed.command }, enclosed.path, processId);
  const marker = `${processMarkerName}=${processId}`;
  return new StartedProcess(order, launched, { marker, countBefore, isJailer: enclosed.isJailer });
}
