import type { AgentUsage } from "@signalbox/contracts";
import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";
import { tokensOf, usageOf } from "../usage-heard.ts";

export const usageIsAbsolute: BackendLaw = backendLaw({
  id: "usage-is-absolute",
  title: "usage adds up over the turns of a session, and no figure ever falls",
  requirement: "R-511",
  plays: ["usage"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("usage");
    await session.runTurn();
    const first = tokensOf(usageOf(session));
    await session.runTurn();
    const second = tokensOf(usageOf(session));
    demand(first > 0, "No usage was reported before the first turn ended.");
    demand(second > first, `After one turn ${first} tokens were used, after two ${second}.`);
    const reports = session.hearing.ofType("usage").map(({ usage }) => usage);
    for (const [index, usage] of reports.entries()) {
      const before = reports[index - 1];
      demand(
        before === undefined || before.pool !== usage.pool || !isLess(usage, before),
        `${JSON.stringify(usage)} came after ${JSON.stringify(before)}.`,
      );
    }
  },
});

function isLess(usage: AgentUsage, before: AgentUsage): boolean {
  return (
    usage.inputTokens < before.inputTokens ||
    usage.outputTokens < before.outputTokens ||
    usage.cacheReadTokens < before.cacheReadTokens ||
    usage.cacheWriteTokens < before.cacheWriteTokens ||
    (usage.costUsd !== null && before.costUsd !== null && usage.costUsd < before.costUsd)
  );
}
