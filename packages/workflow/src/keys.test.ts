import { join } from "node:path";
import type { JsonObject, WorkflowConfig } from "@signalbox/contracts";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { brief, check, load } from "./__fixtures__/check-document.ts";
import { defaultPrices } from "./default-prices.ts";
import { keyTree } from "./key-tree.ts";
import type { KeyTree } from "./key-tree.ts";

function withoutPaths(value: unknown) {
  return JSON.stringify(value).replaceAll(/"\/[^"]*"/g, '"path"');
}

const tracker = { kind: "roadmap" };

describe("keys of a workflow file", () => {
  it("R-108 unknown keys are kept and reported with a suggestion, never fatal", () => {
    const { config, problems } = check(
      "tracker: { kind: roadmap, activ_states: [a] }\nteam_extension:\n  anything: goes\nagent:\n  maxTurn: 3\n",
    );
    expect(brief(problems)).toEqual([
      "warning unknown_key tracker.activ_states",
      "warning unknown_key team_extension",
      "warning unknown_key agent.maxTurn",
    ]);
    expect(problems.map((problem) => problem.remedy)).toEqual([
      "Did you mean active_states?",
      "Remove it, or leave it there for an extension that reads it.",
      "Did you mean max_turns?",
    ]);
    expect(config?.unknownKeys).toEqual([
      { key: "tracker.activ_states", line: 1, column: 27 },
      { key: "team_extension", line: 2, column: 1 },
      { key: "agent.maxTurn", line: 5, column: 3 },
    ]);
    expect(config?.raw["team_extension"]).toEqual({ anything: "goes" });
  });

  it("R-109 every documented default holds", () => {
    const config = load({ tracker });
    const expected: Omit<WorkflowConfig, "source" | "raw"> = {
      stateDir: expect.stringMatching(/^\/home\/somebody\/\.local\/state\/signalbox\//),
      prompt: { template: "", path: config.source.path, line: 1 },
      tracker: {
        kind: "roadmap",
        provider: {},
        activeStates: null,
        terminalStates: null,
        requiredLabels: [],
        writes: "full",
        states: null,
      },
      polling: { intervalMs: 30_000 },
      workspace: {
        kind: "git",
        root: join(config.stateDir, "workspaces"),
        repository: config.source.folder,
        base: null,
      },
      hooks: {
        afterCreate: null,
        beforeRun: null,
        afterRun: null,
        beforeRemove: null,
        timeoutMs: 60_000,
      },
      agent: {
        backend: "claude-code",
        maxConcurrentAgents: 10,
        maxConcurrentAgentsByState: {},
        maxTurns: 20,
        maxFailures: 5,
        maxContinuations: 20,
        maxNoProgress: 3,
        maxRetryBackoffMs: 300_000,
        turnTimeoutMs: 3_600_000,
        startupTimeoutMs: 60_000,
        stallTimeoutMs: 300_000,
        runTimeoutMs: 0,
        graceMs: 5000,
      },
      backends: {},
      delivery: { kind: "branch", into: null, check: null, checkTimeoutMs: 600_000 },
      sandbox: {
        tier: "auto",
        network: "on",
        home: "user",
        readable: [],
        modelEndpoints: [],
        limits: { memoryMb: 0, processes: 4096, cpuSeconds: 86_400 },
      },
      budgets: {
        perRun: { tokens: null, usd: null },
        perIssue: { tokens: null, usd: null },
        perDay: { tokens: null, usd: null },
      },
      prices: defaultPrices,
      runner: "process",
      onTerminate: "leave",
      journal: { kind: "sqlite", path: null },
      retention: { journalDays: 90, transcriptDays: 30, spoolDays: 7 },
      memoryReserveMb: 512,
      server: { port: null },
      unknownKeys: [],
    };
    expect(config).toMatchObject(expected);
  });

  it("R-109 a key that is null has its default", () => {
    const nulls = (tree: KeyTree): JsonObject =>
      Object.fromEntries(
        [...tree].map(([key, { keys }]) => [
          key,
          keys === null || key === "states" ? null : nulls(keys),
        ]),
      );
    const given = nulls(keyTree);
    const {
      raw: _raw,
      source: _source,
      stateDir: _stateDir,
      ...config
    } = load({
      ...given,
      tracker: { ...nulls(keyTree.get("tracker")?.keys ?? new Map()), kind: "roadmap" },
    });
    const { raw: _, source: __, stateDir: ___, ...bare } = load({ tracker });
    expect(withoutPaths(config)).toBe(withoutPaths(bare));
    expect(
      withoutPaths(load("tracker: { kind: roadmap }\npolling:\nagent:\nbackends:\n").agent),
    ).toBe(withoutPaths(bare.agent));
  });

  it("a backend without options has none", () => {
    expect(load("tracker: { kind: roadmap }\nbackends:\n  mock:\n").backends).toEqual({ mock: {} });
  });

  it("the backend is codex where the file has a codex key, the workspace a folder where after_create fills it", () => {
    expect(load({ tracker, codex: {} }).agent.backend).toBe("codex");
    expect(load({ tracker, codex: {}, agent: { backend: "mock" } }).agent.backend).toBe("mock");
    const hooks = { after_create: "git clone x ." };
    expect(load({ tracker, hooks })).toMatchObject({
      workspace: { kind: "folder" },
      delivery: { kind: "none" },
    });
    expect(load({ tracker, hooks, workspace: { repository: "." } }).workspace.kind).toBe("git");
    expect(load({ tracker, hooks, workspace: { kind: "git" } }).workspace.kind).toBe("git");
    const { problems } = check({ tracker, hooks, delivery: { kind: "merge" } });
    expect(brief(problems)).toEqual(["error contradiction delivery.kind"]);
  });

  it("R-111 tracker.provider is passed on unaltered", () => {
    const provider = {
      filePath: "~/a",
      file_path: "$HOME/x",
      nested: { camelCase: [null, 1.5, { "a b": "$VAR" }] },
      nothing: null,
    };
    expect(load({ tracker: { kind: "x", provider } }).tracker.provider).toStrictEqual(provider);
  });

  it("never throws, whatever values the keys have", () => {
    const names = [...keyTree.keys(), "codex", "other"];
    const document = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }));
    fc.assert(
      fc.property(document, (value) => {
        const text = JSON.stringify(value);
        const { config, problems } = check(text);
        const errors = problems.filter(({ severity }) => severity === "error");
        expect(config === null).toBe(errors.length > 0);
      }),
      { numRuns: 100 },
    );
  });
});
