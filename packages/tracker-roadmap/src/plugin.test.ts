import { homedir } from "node:os";
import { describe, expect, it } from "vitest";
import plugin, { RoadmapTrackerAdapter } from "./index.ts";

const read = async (options: unknown): Promise<unknown> => {
  const { validate } = plugin.configSchema["~standard"];
  const result = await validate(options);
  return result.issues === undefined
    ? result.value
    : result.issues.map(({ message }) => message).join();
};

describe("the plugin", () => {
  it("reads its options, older spellings and the keys of others included", async () => {
    expect(await read({})).toMatchObject({ path: undefined });
    for (const key of ["path", "file_path", "filePath"]) {
      expect(await read({ [key]: " plan.md " })).toMatchObject({ path: "plan.md" });
    }
    const options = { path: "a.md", commit: true, scope: "product", api_key: "unused" };
    expect(await read(options)).toEqual({ path: "a.md", commit: true, scope: "product" });
  });

  it.each([{ path: " " }, { path: 1 }, { commit: "yes" }, { path: "a", filePath: "b" }, null])(
    "refuses %j",
    async (options) => expect(await read(options)).toEqual(expect.any(String)),
  );

  it("makes the adapter without touching the file, relative to the folder or to the home", async () => {
    const host = {
      folder: "/somewhere",
      repository: "/somewhere",
      logger: { log: () => {} },
      fetch,
      now: () => 0,
    };
    const { signal } = new AbortController();
    const tracker = await plugin.create({}, host);
    expect(tracker).toBeInstanceOf(RoadmapTrackerAdapter);
    await expect(tracker.describe?.(signal)).rejects.toThrow("(/somewhere/docs/roadmap.md)");
    const athome = await plugin.create({ path: "~/missing/$&.md" }, host);
    await expect(athome.describe?.(signal)).rejects.toThrow(`(${homedir()}/missing/$&.md)`);
  });
});
