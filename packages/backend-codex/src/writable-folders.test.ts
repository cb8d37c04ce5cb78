import type { ContainmentMount } from "@signalbox/contracts";
import { describe, expect, it } from "vitest";
import { writableFolders } from "./writable-folders.ts";

const bwrap = (...mounts: readonly (readonly [string, ContainmentMount["access"]])[]) => ({
  tier: "bwrap" as const,
  network: "on" as const,
  mounts: mounts.map(([path, access]) => ({ path, source: path, access })),
  limits: { memoryBytes: null, processes: null, cpuSeconds: null },
  modelGate: null,
});

describe("the folders that Codex's sandbox is told of", () => {
  it("are all of them where nothing is around Codex", () => {
    expect(writableFolders(["/m/refs"], undefined)).toEqual(["/m/refs"]);
    expect(writableFolders(["/m/refs"], { ...bwrap(), tier: "none" })).toEqual(["/m/refs"]);
  });

  it("are what a sandbox around it lets through of them", () => {
    const around = bwrap(
      ["/w", "write"],
      ["/m", "read"],
      ["/m/objects", "write"],
      ["/m/objects/pack", "read"],
      ["/m/refs/heads/own", "write"],
      ["/m/refs-of-others", "write"],
    );
    expect(writableFolders(["/w/.git", "/m/objects", "/m/refs", "/m/logs"], around)).toEqual([
      "/w/.git",
      "/m/objects",
      "/m/refs/heads/own",
    ]);
  });
});
