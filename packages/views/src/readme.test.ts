import type { OrchestratorState } from "@signalbox/core";
import { expect, it } from "vitest";
import { confirmed, issue, observed, play, start } from "./__fixtures__/play.ts";
import { explainIssue, findIssue, statusOf } from "./index.ts";

type Listener = (change: { readonly state: OrchestratorState }) => void;

it("the example of the README works", () => {
  const printed: unknown[][] = [];
  const console = { log: (...values: unknown[]) => printed.push(values) };
  const played = play(
    observed(issue("parse-input")),
    confirmed("run-1", issue("parse-input"), start),
  );
  const orchestrator = { on: (_name: "state_change", listener: Listener) => listener(played) };

  orchestrator.on("state_change", ({ state }) => {
    const { counts, running } = statusOf(state, Date.now());
    console.log(`${counts.running} running, ${counts.ready} ready`);
    for (const row of running) console.log(row.identifier, row.phase, row.durationMs);

    const match = findIssue(state, "parse-inp");
    if (match.kind !== "found") return;
    const { reasons } = explainIssue(state, match.issue, Date.now());
    for (const { text, release } of reasons) console.log(text, release);
  });

  expect(printed).toEqual([
    ["1 running, 0 ready"],
    ["parse-input", "starting", expect.any(Number)],
    ["It is being worked on (run-1).", "The end of that run."],
  ]);
});
