import { execFileSync, spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const text = readFileSync(join(root, "docs", "backends.md"), "utf8");
const rows = text.split("\n").map((line) => line.split("|").map((cell) => cell.trim()));
const [, , ...backends] = rows.find(([, first]) => first === "requirement")?.slice(0, -1) ?? [];
const claims = rows.flatMap(([, first = "", ...cells]) => {
  const [number] = /^R-5\d\d/.exec(first) ?? [];
  return number === undefined ? [] : [{ number, cells: cells.slice(0, -1) }];
});

/** The requirements in the tests of a package whose names end like this. */
function named(folder: string, ending: string): ReadonlySet<string> {
  const files = globSync(`packages/${folder}/src/**/*${ending}`, { cwd: root });
  const texts = files.map((file) => readFileSync(join(root, file), "utf8"));
  return new Set(texts.flatMap((written) => written.match(/R-5\d\d/g) ?? []));
}

describe("the table of proofs in docs/backends.md", () => {
  it("has every requirement on backends, once", () => {
    const numbers = Array.from({ length: 22 }, (_, index) => `R-${501 + index}`);
    expect(claims.map(({ number }) => number)).toEqual(numbers);
    expect(backends).toHaveLength(5);
  });

  it.each(backends.map((name, index) => [name.replaceAll("`", ""), index] as const))(
    "claims for %s no more than the titles of its tests",
    (name, index) => {
      const real = named(`backend-${name}`, ".real.test.ts");
      const all = new Set([
        ...named(`backend-${name}`, ".test.ts"),
        ...named("conformance", ".ts"),
      ]);
      const isProved = new Map([
        ["program", (number: string) => real.has(number)],
        ["model server", (number: string) => all.has(number)],
        ["script", (number: string) => all.has(number)],
        ["n/a", (number: string) => !real.has(number)],
        ["·", () => true],
      ]);
      const untrue = claims
        .map(({ number, cells }) => ({ number, cell: cells[index] ?? "" }))
        .filter(({ number, cell }) => isProved.get(cell)?.(number) !== true);
      expect(untrue).toEqual([]);
    },
  );
});

describe("the table of bad input in docs/backends.md", () => {
  const [, section = ""] = text.split("## When something is wrong");
  const cells = section.split("\n").map((line) => line.split(" | ").at(2) ?? "");
  const places = cells.flatMap((cell) => [
    ...cell.matchAll(/([a-z-]+) ((?:`[a-z-]+`(?:, )?)+|"[^"]+")/g),
  ]);

  it("names tests that there are", () => {
    expect(places.length).toBeGreaterThan(40);
    const untrue = places.flatMap(([, place = "", names = ""]) =>
      [...names.matchAll(/[`"]([^`"]+)[`"]/g)]
        .map(([, name = ""]) => ({ place, name }))
        .filter((claim) => !isThere(claim)),
    );
    expect(untrue).toEqual([]);
  });
});

/** Whether a law of the kit, or a title in the tests of a package, is called so. */
function isThere({ place, name }: { readonly place: string; readonly name: string }): boolean {
  const folder = ["process", "runner"].includes(place) ? place : `backend-${place}`;
  const files =
    place === "kit"
      ? `packages/conformance/src/backend/laws/${name}.ts`
      : `packages/${folder}/src/**/*.test.ts`;
  return globSync(files, { cwd: root }).some(
    (file) => place === "kit" || readFileSync(join(root, file), "utf8").includes(name),
  );
}

describe("the examples of docs/backends.md", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "signalbox-backends-"));
    execFileSync("git", ["init", "--quiet"], { cwd: folder });
    mkdirSync(join(folder, "docs"));
    writeFileSync(join(folder, "docs", "roadmap.md"), "# Roadmap\n");
    for (const name of ["claude", "codex", "gemini"]) {
      writeFileSync(join(folder, name), "#!/bin/sh\n", { mode: 0o755 });
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const examples = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, code = ""]) => code);

  it.each(examples)("are valid: %s", (code) => {
    const file = join(folder, "WORKFLOW.md");
    writeFileSync(file, `---\ntracker: { kind: roadmap }\n${code}---\nDo it.\n`);
    const cli = join(root, "apps", "cli", "src", "main.ts");
    const node = ["--conditions=@signalbox/source", cli, "validate", file];
    const env = { PATH: `${folder}:${process.env["PATH"] ?? ""}`, ANTHROPIC_API_KEY: "key" };
    const { stdout, stderr } = spawnSync(process.execPath, node, { env, encoding: "utf8" });
    expect(`${stdout}${stderr}`).toBe(`${file} is valid\n`);
  });
});
