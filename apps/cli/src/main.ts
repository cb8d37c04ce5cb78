#!/usr/bin/env node
import { tooOldText } from "./node-version.ts";

// Whatever an older Node.js cannot load stays behind this import.
const refusal = tooOldText(process.versions.node);
if (refusal === null) {
  await import("./start.ts");
} else {
  console.error(refusal);
  process.exitCode = 1;
}
