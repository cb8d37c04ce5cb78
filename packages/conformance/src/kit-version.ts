import { readFileSync } from "node:fs";
import * as v from "valibot";

const manifest = v.pipe(v.string(), v.parseJson(), v.object({ version: v.string() }));

/** The version in this package's own package.json, which lies one folder above source and `dist` alike. */
export function kitVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return v.parse(manifest, text).version;
}
