import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { tooOldText } from "./node-version.ts";

describe("the version of Node.js", () => {
  it.each([
    ["20.20.2", true],
    ["22.17.1", true],
    ["22.18.0", false],
    ["23.0.0", false],
    ["26.10.0", false],
  ])("%s: too old is %s", (version, isOld) => {
    expect(tooOldText(version) !== null).toBe(isOld);
  });

  it("is the one that the package asks for", () => {
    const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
    expect(manifest).toContain('"node": ">=22.18"');
    expect(tooOldText("20.20.2")).toContain("22.18");
  });

  it("R-606 is told before anything else is loaded, where it is too old", () => {
    const old =
      "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })";
    const main = fileURLToPath(new URL("main.ts", import.meta.url));
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      // Without the condition, no package of this repository can be loaded.
      ["--import", `data:text/javascript,${encodeURIComponent(old)}`, main, "--help"],
      { encoding: "utf8" },
    );
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: "signalbox needs Node.js 22.18 or newer; this is 20.20.2\n",
    });
  });
});
