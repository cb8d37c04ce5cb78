import { readFileSync } from "node:fs";

/** The version in this package's own package.json, which lies one folder above source, `dist` and bundle alike. */
export function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const manifest: unknown = JSON.parse(text);
  return typeof manifest === "object" &&
    manifest !== null &&
    "version" in manifest &&
    typeof manifest.version === "string"
    ? manifest.version
    : "unknown";
}
