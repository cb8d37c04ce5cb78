import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** Which package may import which: as docs/architecture.md says. */
const arrows = readArrows(readFileSync(join(root, "docs", "architecture.md"), "utf8"));

function readArrows(text: string): ReadonlyMap<string, readonly string[]> {
  const [, section = ""] = /\n## Packages and arrows\n(.*?)\n## /s.exec(text) ?? [];
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  const pairs = rows.flatMap((row) => {
    const [, packages = "", , imports = ""] = row.split("|");
    // What follows a semicolon is said to people.
    const names = (imports.split(";")[0] ?? "").trim().split(", ");
    const reached = names.filter((name) => name !== "nothing");
    return [...packages.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => [name, reached] as const);
  });
  return new Map(pairs.filter(([name]) => !name.startsWith("apps/") && name !== "signalbox"));
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
}

function sources(folder: string): string[] {
  return readdirSync(join(folder, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.includes("__fixtures__"))
    .map((file) => join(folder, "src", file));
}

function importsOf(folder: string): { readonly file: string; readonly specifier: string }[] {
  return sources(folder).flatMap((file) =>
    [...readFileSync(file, "utf8").matchAll(importPattern)].map(([, specifier = ""]) => ({
      file,
      specifier,
    })),
  );
}

/** The package of `@signalbox/conformance/vitest` and the like. */
function packageOf(specifier: string): string {
  return specifier.split("/").slice(0, 2).join("/");
}

const importPattern = /(?:from|import)\s*\(?\s*"([^"]+)"/g;

it("the table of arrows names packages that there are", () => {
  const reached = [...arrows].flatMap(([name, names]) => [name, ...names]);
  expect(readdirSync(join(root, "packages"))).toEqual(expect.arrayContaining(reached));
});

describe.each(readdirSync(join(root, "packages")))("packages/%s", (name) => {
  const folder = join(root, "packages", name);

  it("stands in the table of arrows", () => {
    expect([...arrows.keys()]).toContain(name);
    expect(manifest(folder).name).toBe(`@signalbox/${name}`);
  });

  it("depends on no package that its arrows do not reach", () => {
    const { dependencies, peerDependencies } = manifest(folder);
    const own = Object.keys({ ...dependencies, ...peerDependencies })
      .filter((dependency) => dependency.startsWith("@signalbox/") || dependency === "signalbox")
      .map((dependency) => dependency.replace("@signalbox/", ""));
    expect(arrows.get(name) ?? []).toEqual(expect.arrayContaining(own));
  });

  it("imports what its manifest names, and nothing by a path that leaves the package", () => {
    const { dependencies, peerDependencies, devDependencies } = manifest(folder);
    const declared = new Set(
      Object.keys({ ...dependencies, ...peerDependencies, ...devDependencies }),
    );
    for (const { file, specifier } of importsOf(folder)) {
      const isAllowed = specifier.startsWith(".")
        ? join(file, "..", specifier).startsWith(join(folder, "src"))
        : !specifier.startsWith("@signalbox/") || declared.has(packageOf(specifier));
      expect(isAllowed, `${file} imports ${specifier}`).toBe(true);
    }
  });
});

describe("the pure packages", () => {
  it.each(["core", "orchestrator"])("%s reads no clock", (name) => {
    for (const file of sources(join(root, "packages", name))) {
      if (file.endsWith(".test.ts")) continue;
      expect(readFileSync(file, "utf8"), file).not.toMatch(/new Date\(\)|Date\.now|performance\./);
    }
  });
});
