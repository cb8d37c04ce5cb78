import { describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";

const settings = `tracker:
  kind: roadmap
agent:
  backend: mock
  max_concurrent_agents: 3
backends:
  mock: {}
delivery:
  kind: merge
`;
const small = ["simulate", "--issues", "20", "--hours", "4"] as const;

describe("signalbox simulate", () => {
  it("forecasts with the limits of the file, and says what it assumes", async () => {
    await using scratch = new Scratch(settings, ["One"]);
    const { status, out } = await scratch.run(...small);
    expect(status).toBe(0);
    expect(out).toMatch(/^finished +\d+ of 20 issues in 4 h: \d+\.\d an hour$/m);
    expect(out).toMatch(/^slots in use +\d+ % of 3$/m);
    expect(out).toContain("A forecast, not a promise. Seed 1.");
  });

  it("gives the same report for the same seed, as JSON too", async () => {
    await using scratch = new Scratch(settings, ["One"]);
    const reports = [
      await scratch.run(...small, "--faults", "--json"),
      await scratch.run(...small, "--faults", "--json"),
      await scratch.run(...small, "--faults", "--json", "--seed", "2"),
    ].map(({ out }) => JSON.parse(out) as { trace_hash: string; violations: unknown[] });
    expect(reports[1]).toEqual(reports[0]);
    expect(reports[2]?.trace_hash).not.toBe(reports[0]?.trace_hash);
    expect(reports.map(({ violations }) => violations)).toEqual([[], [], []]);
  });

  it("refuses numbers that mean nothing", async () => {
    await using scratch = new Scratch(settings, ["One"]);
    const refused = [
      ["--issues", "0"],
      ["--issues", "1.5"],
      ["--hours", "soon"],
      ["--failures", "101"],
    ];
    for (const words of refused) {
      const { status, err } = await scratch.run("simulate", ...words);
      expect(status, words.join(" ")).toBe(2);
      expect(err).toContain(words[0]);
    }
  });
});
