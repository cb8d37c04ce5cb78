import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { scenario } from "@signalbox/model-server";
import { describe, expect, it } from "vitest";
import { ClaudeWorld } from "./__fixtures__/claude-world.ts";

describe("ClaudeBackend", () => {
  it("writes a file, commits it and says so", async () => {
    await using world = await ClaudeWorld.start();
    const { turn, events, messages } = await world.session(scenario("write-file", "a.txt", "hi\n"));
    expect(await turn()).toEqual({ kind: "succeeded" });
    expect(readFileSync(join(world.cwd, "a.txt"), "utf8")).toBe("hi\n");
    expect(world.git("log", "--format=%s")).toBe("Add a.txt\n");
    expect(messages()).toContain("All done.");
    expect(events[0]).toMatchObject({ type: "session-started", model: "claude-opus-5-5" });
    expect(existsSync(world.sessionFolder)).toBe(true);
  });
});
