import { describe, expect, it } from "vitest";
import { startFixture } from "../__fixtures__/start-fixture.ts";
import { batched } from "./batched.ts";
import { countForks, pidsOnlyGrew } from "./fork-count.ts";
import { look } from "./look.ts";

describe("batched", () => {
  it("does the work once for all who ask at the same time, and again for who asks during it", async () => {
    const runs: (readonly string[])[] = [];
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const ask = batched(async (orders: readonly string[]) => {
      const run = runs.push([...orders]);
      begun.resolve();
      await gate.promise;
      return run;
    });
    const first = [ask("a"), ask("b"), ask("c")];
    await begun.promise;
    const second = [ask("d"), ask("e")];
    gate.resolve();
    await expect(Promise.all([...first, ...second])).resolves.toEqual([1, 1, 1, 2, 2]);
    expect(runs).toEqual([
      ["a", "b", "c"],
      ["d", "e"],
    ]);
  });

  it("fails for those who share the failure, and works for the next", async () => {
    const ask = batched(async ([order]: readonly string[]) => {
      if (order === "bad") throw new Error("no");
      return order;
    });
    await expect(Promise.all([ask("bad"), ask("too")])).rejects.toThrow("no");
    await expect(ask("good")).resolves.toBe("good");
  });
});

describe("pidsOnlyGrew", () => {
  const before = { forks: 1_000, maxPid: 32_768 };

  it("holds until so many were started that pids may have begun anew", () => {
    expect(pidsOnlyGrew(30_000, before, { ...before, forks: 3_767 })).toBe(true);
    expect(pidsOnlyGrew(30_000, before, { ...before, forks: 3_768 })).toBe(false);
  });

  it("does not hold where the system does not count", () => {
    expect(pidsOnlyGrew(300, null, before)).toBe(false);
    expect(pidsOnlyGrew(300, before, null)).toBe(false);
    expect(pidsOnlyGrew(300, before, before)).toBe(false);
  });
});

describe.skipIf(process.platform !== "linux")("look", () => {
  it("reads only what is younger than the root, leaves out what is known, and never this process", async () => {
    const count = countForks();
    const { process: root } = await startFixture(["sleep", "60"]);
    const { process: younger } = await startFixture(["sleep", "60"]);
    const all = await look({ since: null, skip: new Set() });
    const some = await look({ since: { pid: root.pid, count }, skip: new Set([younger.pid]) });
    await Promise.all([root.stop("test"), younger.stop("test")]);
    const pids = (entries: typeof all) => entries.map((entry) => entry.pid);
    expect(pids(all)).toEqual(expect.arrayContaining([process.ppid, root.pid, younger.pid]));
    expect(pids(all)).not.toContain(process.pid);
    expect(pids(some)).toContain(root.pid);
    expect(pids(some)).not.toContain(younger.pid);
    expect(pids(some)).not.toContain(process.ppid);
  });
});
