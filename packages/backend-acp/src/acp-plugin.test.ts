import { describe, expect, it } from "vitest";
import type { LogLevel } from "@signalbox/contracts";
import plugin from "./index.ts";
import * as v from "valibot";
import { acpSchema } from "./acp-schema.ts";

const read = (raw: unknown): v.InferOutput<typeof acpSchema> => v.parse(acpSchema, raw);

describe("the plugin", () => {
  it("reads both spellings of its keys, and warns of others", async () => {
    const lines: [LogLevel, string][] = [];
    const config = read({ agent: "gemini", authMethod: "oauth", pass_env: ["A"], permisions: 1 });
    expect(config).toMatchObject({
      options: { agent: "gemini", authMethod: "oauth", passEnv: ["A"] },
      unknownKeys: ["permisions"],
    });
    await plugin.create(config, {
      folder: ".",
      repository: ".",
      logger: { log: (level, text) => lines.push([level, text]) },
      fetch,
      now: () => 0,
    });
    expect(lines).toEqual([
      [
        "warn",
        "backends.acp.permisions is not an option of this backend. Did you mean permissions?",
      ],
    ]);
  });

  it.each([
    [{}, "agent"],
    [{ agent: "cursor" }, "agent"],
    [{ program: "my-agent --acp" }, "program"],
    [{ agent: "gemini", permissions: "everything" }, "permissions"],
    [{ agent: "gemini", env: { "A B": "1" } }, "env"],
  ])("R-902 refuses %j by its key %s", (raw, key) => {
    const result = v.safeParse(acpSchema, raw);
    expect(result.issues?.[0]?.path?.[0]?.key).toBe(key);
  });

  it("says what a sandbox has to lend and let through", () => {
    const { loginPaths, modelEndpoints } = plugin;
    const paths = typeof loginPaths === "function" ? loginPaths(read({ agent: "claude" })) : null;
    expect(paths).toEqual([".claude", ".claude.json"]);
    expect(modelEndpoints?.(read({ agent: "gemini" }))).toContain(
      "https://generativelanguage.googleapis.com",
    );
    const env = { GOOGLE_GEMINI_BASE_URL: "http://127.0.0.1:1" };
    expect(modelEndpoints?.(read({ agent: "gemini", env }))).toEqual(["http://127.0.0.1:1"]);
    expect(modelEndpoints?.(read({ program: ["mine"] }))).toEqual([]);
    expect(plugin.honoursContainment).toBe(true);
  });
});
