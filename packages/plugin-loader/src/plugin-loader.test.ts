import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Plugin, PluginContext, Tracker } from "@signalbox/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFromPlugin } from "./create-from-plugin.ts";
import { loadPlugin } from "./load-plugin.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-plugins-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const trackerSource = (extra = ""): string => `
const schema = { "~standard": { version: 1, vendor: "test", validate: (value) =>
  typeof value?.token === "string" ? { value } : { issues: [{ message: "is missing", path: ["token"] }] } } };
export default { kind: "tracker", name: "shop", contractVersion: 1, configSchema: schema,
  defaults: { activeStates: ["todo"], terminalStates: ["done"], states: {} },
  create: (options) => ({ options, fetchIssuesByStates: async () => [], fetchIssuesByIds: async () => [] }),
  ${extra} };`;

function installPackage(name: string, source: string, exports: unknown = "./index.js"): void {
  const home = join(folder, "node_modules", name);
  mkdirSync(home, { recursive: true });
  writeFileSync(
    join(home, "package.json"),
    JSON.stringify({ name, version: "1.0.0", type: "module", exports }),
  );
  writeFileSync(join(home, "index.js"), source);
}

function load(name: string, builtIns: Record<string, () => Promise<unknown>> = {}) {
  const resolveFrom = [pathToFileURL(`${folder}/`)];
  return loadPlugin({ kind: "tracker", name, resolveFrom, builtIns });
}

const context: PluginContext = {
  folder: "/repo",
  repository: "/repo",
  logger: { log: () => undefined },
  fetch: globalThis.fetch,
  now: () => 0,
};

async function shop(): Promise<Extract<Plugin, { kind: "tracker" }>> {
  return load("shop");
}

describe("finding a plugin", () => {
  it("R-901 finds a third party's package by short name, by package name and by path", async () => {
    installPackage("signalbox-tracker-shop", trackerSource());
    writeFileSync(join(folder, "own.mjs"), trackerSource());
    for (const name of ["shop", "./own.mjs", join(folder, "own.mjs")]) {
      expect((await load(name)).name).toBe("shop");
    }
    installPackage("@acme/tracker", trackerSource(), { ".": { import: "./index.js" } });
    expect((await load("@acme/tracker")).name).toBe("shop");
  });

  it("prefers what is installed beside the workflow file to the built-in of the same name", async () => {
    installPackage("@signalbox/tracker-twice", trackerSource("installed: true"));
    const builtIns = { "tracker-twice": async () => ({}) };
    expect(await load("twice", builtIns)).toHaveProperty("installed", true);
  });

  it("falls back to a built-in", async () => {
    const module = await import(pathToFileURL(join(folder, "own.mjs")).href);
    expect((await load("inside", { "tracker-inside": async () => module })).name).toBe("shop");
  });

  it("R-110 a plugin that is not there is an error with the install command and the built-in names", async () => {
    const missing = load("lunear", { "tracker-linear": async () => ({}) });
    await expect(missing).rejects.toMatchObject({
      code: "plugin_not_found",
      message: expect.stringContaining("built-in ones are linear"),
      remedy: expect.stringMatching(/linear.*npm install @signalbox\/tracker-lunear/),
    });
    await expect(load("")).rejects.toMatchObject({ code: "plugin_invalid" });
    await expect(load("constructor")).rejects.toMatchObject({ code: "plugin_not_found" });
  });
});

describe("refusing a plugin", () => {
  it.each([
    ["plugin_kind", trackerSource('kind: "backend"'), "is a backend"],
    ["plugin_contract_version", trackerSource("contractVersion: 2"), "version 2"],
    ["plugin_invalid", "export const tracker = {};", "default export"],
    ["plugin_invalid", trackerSource("configSchema: 1"), "configSchema"],
    ["plugin_invalid", trackerSource("defaults: undefined"), "defaults"],
    ["plugin_load_failed", "throw new Error('at the top');", "at the top"],
    ["plugin_load_failed", "export default {", "cannot be loaded"],
  ])("R-902 %s: %s", async (code, source, message) => {
    const name = `bad-${Math.random().toString(36).slice(2)}`;
    installPackage(`signalbox-tracker-${name}`, source);
    await expect(load(name)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });
});

describe("creating a port", () => {
  it("R-111 R-112 R-113 hands the options over unaltered but for whole-value variables", async () => {
    const options = {
      token: "$SHOP_TOKEN",
      url: "https://x.example/$SHOP_TOKEN",
      deep: [{ a: "${A}" }],
    };
    const environment = { SHOP_TOKEN: "s3cret", A: "1", url: "from the environment" };
    const port: Tracker = await createFromPlugin(await shop(), options, context, environment);
    expect(port).toHaveProperty("options", {
      token: "s3cret",
      url: "https://x.example/$SHOP_TOKEN",
      deep: [{ a: "1" }],
    });
  });

  it("R-112 R-902 a secret that is set and empty counts as missing, and the error names key and variable", async () => {
    const made = createFromPlugin(await shop(), { token: "$SHOP_TOKEN" }, context, {
      SHOP_TOKEN: "",
    });
    await expect(made).rejects.toMatchObject({
      code: "plugin_options",
      message: expect.stringContaining("tracker.provider.token: is missing"),
      remedy: expect.stringContaining("$SHOP_TOKEN"),
    });
  });

  it("R-903 a port that lacks a method is refused", async () => {
    const plugin = { ...(await shop()), create: () => ({}) as Tracker };
    await expect(createFromPlugin(plugin, { token: "t" }, context, {})).rejects.toMatchObject({
      code: "plugin_invalid",
      message: expect.stringContaining("fetchIssuesByStates, fetchIssuesByIds"),
    });
  });

  it("R-903 a create that throws is an error of the plugin", async () => {
    const plugin = {
      ...(await shop()),
      create: (): Tracker => {
        throw new Error("boom");
      },
    };
    await expect(createFromPlugin(plugin, { token: "t" }, context, {})).rejects.toMatchObject({
      code: "plugin_load_failed",
      message: expect.stringContaining("boom"),
    });
  });
});
