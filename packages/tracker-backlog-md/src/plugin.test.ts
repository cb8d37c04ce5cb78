import { describe, expect, it } from "vitest";
import plugin, { BacklogTrackerAdapter } from "./index.ts";

const read = async (options: unknown): Promise<unknown> => {
  const result = await plugin.configSchema["~standard"].validate(options);
  return result.issues === undefined
    ? result.value
    : result.issues.map(({ message }) => message).join();
};

describe("the plugin", () => {
  it("reads its options, and lets the keys of others be", async () => {
    expect(await read({})).toEqual({});
    const options = { path: " backlog ", scope: "product", api_key: "unused" };
    expect(await read(options)).toEqual({ path: "backlog", scope: "product" });
  });

  it.each([{ path: " " }, { path: 1 }, { scope: "" }, null])("refuses %j", async (options) =>
    expect(await read(options)).toEqual(expect.any(String)),
  );

  it("makes the adapter without touching the disk", async () => {
    const host = {
      folder: "/somewhere",
      repository: "/somewhere",
      logger: { log: () => {} },
      fetch,
      now: () => 0,
    };
    const { signal } = new AbortController();
    const tracker = await plugin.create({}, host);
    expect(tracker).toBeInstanceOf(BacklogTrackerAdapter);
    await expect(tracker.describe?.(signal)).rejects.toThrow("no backlog in /somewhere");
    const athome = await plugin.create({ path: "~/missing/$&" }, host);
    await expect(athome.describe?.(signal)).rejects.toThrow(/missing\/\$&/);
  });
});
