import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import type { RunOrder } from "@signalbox/contracts";
import type { RunFolder } from "./run-folder.ts";

/** Before the order goes out, for whoever looks at the folder; whole or not there. */
export function writeOrder(folder: RunFolder, order: RunOrder): void {
  mkdirSync(folder.path, { recursive: true, mode: 0o700 });
  const draft = `${folder.order}.new`;
  writeFileSync(draft, `${JSON.stringify({ v: 1, order })}\n`, { mode: 0o600 });
  renameSync(draft, folder.order);
}
