import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type {
  Plugin,
  PluginContext,
  StandardSchema,
  StandardSchemaResult,
  Tracker,
} from "@signalbox/contracts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFromPlugin } from "./create-from-plugin.ts";
import { loadPlugin } from "./load-plugin.ts";

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "signalbox-plugins-"));
  writeFileSync(join(folder, "own.mjs"), trackerSource());
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

function schemaOf(validate: StandardSchema["~standard"]["validate"]): StandardSchema {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

function quoteAndThrow(value: unknown): never {
  throw new Error(`cannot read ${JSON.stringify(value)}`);
}

function quoteAndRefuse(value: unknown): StandardSchemaResult<unknown> {
  const quoted = { message: `received ${JSON.stringify(value)}`, path: ["number"] };
  return { issues: [quoted, { message: "must be text", path: [{ key: "list" }, 0] }] };
}

function quoteAndFail(): Tracker {
  throw new Error("refused s3cret-value");
}

describe("finding a plugin", () => {
  it("R-901 finds a third party's package by short name, by package name and by path", async () => {
    installPackage("signalbox-tracker-shop", trackerSource());
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
      remedy: expect.stringMatching(
        /`linear`.*`npm install @signalbox\/tracker-lunear` or `npm install signalbox-tracker-lunear`\. A package of another name is written whole/,
      ),
    });
    await expect(load("")).rejects.toMatchObject({ code: "plugin_invalid" });
    await expect(load("constructor")).rejects.toMatchObject({ code: "plugin_not_found" });
  });
});

it.each([
  ["@tide/tracker", /: `npm install @tide\/tracker`\. /],
  ["@tide/tracker/linear", /: `npm install @tide\/tracker`\. /],
  // npm would take the whole for a repository on GitHub.
  ["acme/tracker", /: `npm install acme`\. /],
  ["a; rm -rf b/c", /^Correct the name\. /],
  ["Jira $(x)", /^Correct the name\. /],
  ["./mine.mjs", /^Correct the path; [^`]*$/],
])(
  "R-110 of %j it says what may be installed, and nothing that a shell would mind",
  async (name, remedy) => {
    await expect(load(name)).rejects.toMatchObject({
      code: "plugin_not_found",
      remedy: expect.stringMatching(remedy),
    });
  },
);

describe("the example of the README", () => {
  it("works", async () => {
    const plugin = await loadPlugin({
      kind: "tracker",
      name: "example",
      resolveFrom: [pathToFileURL(`${folder}/`)],
      builtIns: { "tracker-example": () => import(pathToFileURL(join(folder, "own.mjs")).href) },
    });
    const tracker = await createFromPlugin(plugin, { token: "t" }, context, process.env);
    expect(await tracker.fetchIssuesByStates([], AbortSignal.timeout(1000))).toEqual([]);
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

describe("surviving a plugin", () => {
  it("R-903 a module that never finishes loading is an error after the time limit", async () => {
    installPackage("signalbox-tracker-endless", "await new Promise(() => {}); export default {};");
    const resolveFrom = [pathToFileURL(`${folder}/`)];
    const order = { kind: "tracker", name: "endless", resolveFrom, builtIns: {} } as const;
    await expect(loadPlugin({ ...order, importTimeoutMs: 50 })).rejects.toMatchObject({
      code: "plugin_load_failed",
      message: expect.stringContaining("within 0.05 s"),
    });
  });

  it.each([
    ["a getter that throws", "export default { get kind() { throw new Error('no'); } };"],
    ["a throw of no error", "throw null;"],
  ])("R-903 %s is an error of the plugin", async (_, source) => {
    const name = `odd-${source.length}`;
    installPackage(`signalbox-tracker-${name}`, source);
    await expect(load(name)).rejects.toMatchObject({ code: "plugin_load_failed" });
  });

  it("R-903 a package with a broken manifest is not there", async () => {
    installPackage("signalbox-tracker-torn", trackerSource());
    writeFileSync(join(folder, "node_modules/signalbox-tracker-torn/package.json"), "{");
    await expect(load("torn")).rejects.toMatchObject({ code: "plugin_not_found" });
  });

  it("R-903 a schema that throws is an error of the plugin, without the secret that it quotes", async () => {
    const plugin = await shop();
    const configSchema = schemaOf(quoteAndThrow);
    const made = createFromPlugin({ ...plugin, configSchema }, { token: "$T" }, context, {
      T: "s3cret-value",
    });
    await expect(made).rejects.toMatchObject({
      code: "plugin_invalid",
      message: expect.stringContaining('cannot read {"token":"***"}'),
    });
  });

  it("no error quotes the value of a variable or of a key that is called like a secret", async () => {
    const plugin = await shop();
    const options = { apiKey: "literal-secret", number: "$NUMBER", list: ["$NONE"] };
    const configSchema = schemaOf(quoteAndRefuse);
    const environment = { NUMBER: "s3cret-value" };
    const refused = createFromPlugin({ ...plugin, configSchema }, options, context, environment);
    await expect(refused).rejects.toMatchObject({
      code: "plugin_options",
      message: expect.stringContaining(
        'number: received {"apiKey":"***","number":"***","list":[null]}; tracker.provider.list.0: must be text',
      ),
      remedy: expect.stringContaining("$NONE (for tracker.provider.list.0)"),
    });
    const token = "$NUMBER";
    const failed = createFromPlugin(
      { ...plugin, create: quoteAndFail },
      { token },
      context,
      environment,
    );
    const error: unknown = await failed.catch((reason: unknown) => reason);
    expect(error).toHaveProperty("message", expect.stringContaining("refused ***"));
    expect(error).not.toHaveProperty("cause");
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

  it("R-902 bad options are refused with the file's folder and the key", async () => {
    await expect(createFromPlugin(await shop(), { token: 1 }, context, {})).rejects.toMatchObject({
      code: "plugin_options",
      message: expect.stringContaining("tracker.provider.token: is missing"),
      remedy: "Correct tracker.provider in the workflow file in /repo.",
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
