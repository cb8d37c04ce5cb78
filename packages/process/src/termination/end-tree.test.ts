import { describe, expect, it } from "vitest";
import { endTree } from "./end-tree.ts";
import type { ProcessTree } from "./process-tree.ts";

/** A tree whose looks find what is written down, one after the other, and then nobody. */
function scriptedTree(looks: readonly (readonly number[])[]): {
  readonly tree: ProcessTree;
  readonly calls: string[];
} {
  const calls: string[] = [];
  const left = [...looks];
  const next = (call: string): Promise<readonly number[]> => {
    calls.push(call);
    return Promise.resolve(left.shift() ?? []);
  };
  return {
    calls,
    tree: {
      method: "descendants",
      find: () => next("find"),
      findNewcomers: () => next("newcomers"),
      isAlive: () => false,
      signal: (signal) => void calls.push(signal),
      suspects: () => [7],
      close: () => Promise.resolve(void calls.push("close")),
    },
  };
}

describe("endTree", () => {
  it("R-514 ends who came while it looked for the first time", async () => {
    const { tree, calls } = scriptedTree([[], [7], [], []]);
    await expect(endTree(tree, 100)).resolves.toMatchObject({ signal: "SIGTERM", survivors: [] });
    expect(calls).toEqual(["find", "newcomers", "SIGTERM", "find", "newcomers", "close"]);
  });

  it("signals nobody where two looks find nobody, and passes on who is suspected", async () => {
    const { tree, calls } = scriptedTree([]);
    await expect(endTree(tree, 100)).resolves.toMatchObject({ signal: null, suspects: [7] });
    expect(calls).toEqual(["find", "newcomers", "close"]);
  });

  it("kills at once without a grace, until two looks in a row find nobody", async () => {
    const { tree, calls } = scriptedTree([[7], [7], [], [8], [], []]);
    await expect(endTree(tree, 0)).resolves.toMatchObject({ signal: "SIGKILL", survivors: [] });
    expect(calls.filter((call) => call.startsWith("SIG"))).toEqual(["SIGKILL", "SIGKILL"]);
    expect(calls.slice(-3)).toEqual(["find", "newcomers", "close"]);
  });

  it("reports who cannot be killed, after two seconds", async () => {
    const { tree } = scriptedTree(Array.from({ length: 1_000 }, () => [7]));
    await expect(endTree(tree, 0)).resolves.toMatchObject({ signal: "SIGKILL", survivors: [7] });
  });
});
