import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");

/** The code blocks of one language, in order. */
function blocks(file: string, language: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(([, written]) => written === language)
    .map(([, , code = ""]) => code);
}

/** A folder in which the packages of this repository are installed, and a repository with nothing to do. */
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-readme-"));
  mkdirSync(join(folder, "node_modules", "@signalbox"), { recursive: true });
  mkdirSync(join(folder, "docs"));
  symlinkSync(join(root, "apps", "cli"), join(folder, "node_modules", "signalbox"));
  for (const name of readdirSync(join(root, "packages"))) {
    symlinkSync(join(root, "packages", name), join(folder, "node_modules", "@signalbox", name));
  }
  symlinkSync(
    join(root, "packages", "workflow", "node_modules", "valibot"),
    join(folder, "node_modules", "valibot"),
  );
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  writeFileSync(
    join(folder, "docs", "roadmap.md"),
    "# Roadmap\n\n## One\n\n### A feature\n\n- **Status:** done\n",
  );
  writeFileSync(join(folder, "WORKFLOW.md"), blocks("README.md", "markdown")[0] ?? "");
  const git = (...args: string[]): void => {
    execFileSync("git", ["-C", folder, "-c", "user.name=a", "-c", "user.email=a@b", ...args]);
  };
  git("init", "--quiet");
  git("add", "docs", "WORKFLOW.md");
  git("commit", "--quiet", "--message", "Start");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, code: string): string {
  const file = join(folder, name);
  writeFileSync(file, code);
  const environment = { ...process.env, SIGNALBOX_STATE_DIR: join(folder, "state") };
  return execFileSync(process.execPath, ["--conditions=@signalbox/source", file], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });
}

describe("the examples of the READMEs", () => {
  it.each(blocks("README.md", "ts").map((code, index) => [index + 1, code] as const))(
    "README.md, block %i",
    (index, code) => {
      expect(() => run(`root-${index}.ts`, code)).not.toThrow();
    },
  );

  it("apps/cli: the library", () => {
    const [code = ""] = blocks("apps/cli/README.md", "ts");
    expect(run("library.ts", code).trim()).toBe("issues: 1");
  });

  it("packages/contracts: a plugin that the loader accepts", () => {
    const [code = ""] = blocks("packages/contracts/README.md", "ts");
    writeFileSync(join(folder, "nothing.ts"), code);
    const loader = `
      import { createFromPlugin, loadPlugin } from "@signalbox/plugin-loader";
      const resolveFrom = [new URL("${pathToFileURL(folder).href}/")];
      const plugin = await loadPlugin({ kind: "tracker", name: "./nothing.ts", resolveFrom, builtIns: {} });
      const tracker = await createFromPlugin(plugin, { url: "https://tracker.example" }, {}, {});
      console.log((await tracker.describe()).scope);`;
    expect(run("load-nothing.ts", loader).trim()).toBe("https://tracker.example");
  });

  it("packages/model-server: a scenario for a real agent", () => {
    const [code = ""] = blocks("packages/model-server/README.md", "ts");
    expect(run("model-server.ts", code).trim().split("\n").at(-1)).toBe("0");
  });

  it("packages/plugin-loader", () => {
    const [code = ""] = blocks("packages/plugin-loader/README.md", "ts");
    const prelude =
      "const context = { folder: process.cwd(), repository: process.cwd(), logger: { log() {} }, fetch, now: Date.now };\n";
    const check =
      "\nconsole.log((await tracker.fetchIssuesByStates(['done'], AbortSignal.timeout(9000))).length);";
    expect(run("loader.ts", prelude + code + check).trim()).toBe("1");
  });
});
