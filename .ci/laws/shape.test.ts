import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const forbiddenNames = /^(utils?|helpers?|common|types|manager)\.ts$/;
const topLevel = [
  "LICENSE",
  "README.md",
  "apps",
  "bench",
  "docs",
  "examples",
  "knip.json",
  "node_modules",
  "package.json",
  "packages",
  "pnpm-lock.yaml",
  "pnpm-workspace.yaml",
  "tsconfig.base.json",
  "tsconfig.json",
  "turbo.json",
  "vitest.config.ts",
];

const packages = [
  ...readdirSync(join(root, "packages")).map((name) => join("packages", name)),
  join("apps", "cli"),
];

describe("the top level", () => {
  it("holds nothing but what the architecture names", () => {
    const visible = readdirSync(root).filter(
      (name) => !name.startsWith(".") && !name.endsWith(".tsbuildinfo"),
    );
    expect(topLevel).toEqual(expect.arrayContaining(visible));
  });
});

describe.each(packages)("%s", (name) => {
  const folder = join(root, name);
  const files = readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".ts") && !file.includes("__fixtures__"),
  );

  it("has a README, a manifest with the source condition, and a configuration", () => {
    expect(existsSync(join(folder, "README.md"))).toBe(true);
    expect(existsSync(join(folder, "tsconfig.json"))).toBe(true);
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
      readonly exports: Readonly<Record<string, unknown>>;
      readonly license: string;
      readonly type: string;
    };
    expect(manifest.license).toBe("MIT");
    expect(manifest.type).toBe("module");
    expect(manifest.exports["."]).toEqual({
      "@signalbox/source": "./src/index.ts",
      types: "./dist/index.d.ts",
      default: "./dist/index.js",
    });
  });

  it("exports by name, and index.ts holds no logic", () => {
    const index = readFileSync(join(folder, "src", "index.ts"), "utf8");
    expect(index).not.toMatch(/export \*|=>|function |class /);
  });

  it("keeps files small and named after what they hold", () => {
    for (const file of files) {
      expect(basename(file), `${name}/src/${file}`).not.toMatch(forbiddenNames);
      expect(basename(file), `${name}/src/${file}`).toMatch(/^[a-z0-9.-]+\.ts$/);
      if (file.endsWith(".test.ts")) continue;
      const lines = readFileSync(join(folder, "src", file), "utf8").split("\n").length;
      expect(lines, `${name}/src/${file}`).toBeLessThanOrEqual(300);
    }
  });
});
