#!/usr/bin/env node
// An older Node.js lacks the name, and would say only that.
import module from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { tooOldText } from "./node-version.ts";

// Whatever an older Node.js cannot load stays behind this import.
const refusal = tooOldText(process.versions.node);
if (refusal === null) {
  // A start compiles most of a megabyte otherwise. Where nothing can be kept there, it does without.
  const caches = process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache");
  module.enableCompileCache(join(caches, "signalbox", "compiled"));
  await import("./start.ts");
} else {
  console.error(refusal);
  process.exitCode = 1;
}
