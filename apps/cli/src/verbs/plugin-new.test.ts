import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installPacked, packFolder, packPackages } from "../__fixtures__/packed-packages.ts";
import { recordedSurroundings } from "../__fixtures__/recorded-surroundings.ts";
import { runProgram } from "../program.ts";

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "signalbox-plugin-new-")));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function madeFolder(kind: string): string {
  return join(folder, `${kind}-made`);
}

async function plugin(...args: readonly string[]): Promise<string> {
  const { surroundings, output } = recordedSurroundings(folder, {});
  await runProgram(["plugin", "new", ...args], surroundings);
  return output.out;
}

it("says where it wrote, what comes next, and nothing of the template's own name", async () => {
  const out = await plugin("tracker", "acme");
  expect(out).toContain(`Wrote ${join(folder, "signalbox-tracker-acme")}`);
  const made = join(folder, "signalbox-tracker-acme");
  for (const entry of await readdir(made, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = await readFile(join(entry.parentPath, entry.name), "utf8");
    expect(text).not.toMatch(/example/i);
  }
  expect(await readFile(join(made, "README.md"), "utf8")).toContain("$ACME_TOKEN");
  expect(JSON.parse(await plugin("backend", "acme", "--dir", "b", "--json"))).toEqual({
    path: join(folder, "b"),
    package: "signalbox-backend-acme",
  });
});

it("writes into no folder that has something in it, and takes no odd name", async () => {
  await mkdir(join(folder, "full"));
  await writeFile(join(folder, "full", "mine.txt"), "mine\n");
  await expect(plugin("tracker", "acme", "--dir", "full")).rejects.toMatchObject({
    code: "plugin_folder_occupied",
    remedy: expect.stringContaining("--dir"),
  });
  expect(await readdir(join(folder, "full"))).toEqual(["mine.txt"]);
  await expect(plugin("tracker", "../acme")).rejects.toThrow("lower-case letters");
  await expect(plugin("journal", "acme")).rejects.toThrow("Allowed choices are tracker, backend");
});

describe("installed outside this repository, from tarballs", () => {
  const kinds = ["tracker", "backend"] as const;

  beforeAll(async () => {
    const tarballs = join(folder, "tarballs");
    await mkdir(tarballs);
    await packPackages(["contracts", "process", "conformance", "plugin-loader"], tarballs);
    for (const kind of kinds) {
      await plugin(kind, "mine", "--dir", madeFolder(kind));
      await packFolder(madeFolder(kind), tarballs);
    }
    await installPacked(folder, tarballs);
  }, 240_000);

  it.each(kinds)(
    "R-901 R-906 the %s passes the kit as it is made",
    async (kind) => {
      const { stdout, status } = spawnSync("npm", ["test"], {
        cwd: madeFolder(kind),
        encoding: "utf8",
      });
      expect(stdout).toMatch(/^ℹ fail 0$/m);
      expect(status).toBe(0);
      const report = JSON.parse(await readFile(join(madeFolder(kind), "conformance.json"), "utf8"));
      expect(report).toMatchObject({ subject: `signalbox-${kind}-mine`, conforms: true });
      const passed = report.laws.filter(({ verdict }: { verdict: string }) => verdict === "passed");
      expect(passed.length).toBeGreaterThan(20);
    },
    240_000,
  );

  it("R-901 both load by their names, with options of a workflow file", async () => {
    const script = `
      import { createFromPlugin, loadPlugin } from "@signalbox/plugin-loader";
            const options = {
        tracker: { url: "http://127.0.0.1:9", token: "$MINE_TOKEN" },
        backend: { program: ["true"] },
      };
      const context = { folder: ".", repository: ".", logger: { log() {} }, fetch, now: Date.now };
      for (const kind of ["tracker", "backend"]) {
        const resolveFrom = [new URL("./", import.meta.url)];
        const plugin = await loadPlugin({ kind, name: "mine", resolveFrom, builtIns: {} });
        const port = await createFromPlugin(plugin, options[kind], context, { MINE_TOKEN: "secret" });
        console.log(port.constructor.name);
      }
    `;
    await writeFile(join(folder, "load.mjs"), script);
    const { stdout, stderr } = spawnSync(process.execPath, ["load.mjs"], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(`${stdout}${stderr}`).toBe("ServiceTracker\nProgramBackend\n");
  });
});
