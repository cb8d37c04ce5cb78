import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chooseContainment, describeContainment } from "../index.ts";
import { probe } from "./probe-bwrap.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "signalbox-probe-"));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.skipIf(process.platform !== "linux")("whether bubblewrap can be had", () => {
  it("says that it is not installed", async () => {
    expect(await probe(folder)).toEqual({
      path: null,
      because: "bwrap (bubblewrap) is not installed",
    });
  });

  it.each([
    [
      "is refused by the kernel",
      "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1",
      "Permission denied",
    ],
    ["locks nothing in", "exit 0", "cannot start a program here"],
  ])("is tried and not concluded: one that %s", async (_name, script, because) => {
    await writeFile(join(folder, "bwrap"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    expect(await probe(folder)).toEqual({ path: null, because: expect.stringContaining(because) });
  });
});

describe("the tier that is chosen", () => {
  it("is what was asked for by name, the best there is with auto, and never less in silence", async () => {
    const { tier: best, because } = await describeContainment();
    const network = "on";
    await expect(chooseContainment({ tier: "none", network }, true)).resolves.toEqual({
      tier: "none",
      because: null,
    });
    await expect(chooseContainment({ tier: "auto", network }, true)).resolves.toEqual({
      tier: best,
      because,
    });
    await expect(chooseContainment({ tier: "auto", network }, false)).resolves.toMatchObject({
      tier: "none",
      because: expect.stringContaining("backend"),
    });
  });

  it.each([
    [{ tier: "bwrap", network: "on" }, false],
    [{ tier: "none", network: "off" }, true],
    [{ tier: "auto", network: "model" }, false],
  ] as const)(
    "is refused with a remedy where %j cannot be had (backend: %s)",
    async (wish, isHonoured) => {
      await expect(chooseContainment(wish, isHonoured)).rejects.toMatchObject({
        code: "containment_unavailable",
        remedy: expect.stringContaining("write"),
      });
    },
  );
});
