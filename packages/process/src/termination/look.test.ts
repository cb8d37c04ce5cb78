import { describe, expect, it } from "vitest";
import { startFixture } from "../__fixtures__/start-fixture.ts";
import { batched } from "./batched.ts";
import { countForks, pidsSince } from "./fork-count.ts";
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

describe("pidsSince", () => {
  const before = { forks: 1_000, lastPid: 29_990, maxPid: 32_768 };
  const everything = { first: 1, last: Number.POSITIVE_INFINITY };

  it("is narrow until so many were started that pids may have begun anew", () => {
    const now = { ...before, lastPid: 32_700 };
    expect(pidsSince(30_000, before, { ...now, forks: 3_767 })).toEqual({
      first: 30_000,
      last: 32_700,
    });
    expect(pidsSince(30_000, before, { ...now, forks: 3_768 })).toEqual(everything);
  });

  it("is everything where pids have begun anew, also by attempts that failed", () => {
    const now = { ...before, forks: 1_001, lastPid: 400 };
    expect(pidsSince(30_000, before, now)).toEqual(everything);
  });

  it("is everything where the system does not count", () => {
    expect(pidsSince(300, null, before)).toEqual(everything);
    expect(pidsSince(300, before, null)).toEqual(everything);
    expect(pidsSince(300, before, before)).toEqual(everything);
  });
});

describe.skipIf(process.platform !== "linux")("look", () => {
  it("reads only what is younger than the root, leaves out what is known, and never this process", async () => {
    const count = countForks();
    const { process: root } = await startFixture(["sleep", "60"]);
    const { process: younger } = await startFixture(["sleep", "60"]);
    const all = await look({ since: null, skip: new Set() });
    const some = await look({ since: { pid: root.pid, count }, skip: new Set([younger.pid]) });
    const after = countForks();
    await Promise.all([root.stop("test"), younger.stop("test")]);
    const pids = (entries: typeof all) => entries.map((entry) => entry.pid);
    expect(pids(all)).toEqual(expect.arrayContaining([process.ppid, root.pid, younger.pid]));
    expect(pids(all)).not.toContain(process.pid);
    expect(pids(some)).toContain(root.pid);
    expect(pids(some)).not.toContain(younger.pid);
    const { first, last } = pidsSince(root.pid, count, after);
    expect(pids(some).filter((pid) => pid < first || pid > last)).toEqual([]);
  });
});
