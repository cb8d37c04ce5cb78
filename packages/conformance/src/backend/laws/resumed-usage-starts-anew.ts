import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";
import { tokensOf, usageOf } from "../usage-heard.ts";

export const resumedUsageStartsAnew: BackendLaw = backendLaw({
  id: "resumed-usage-starts-anew",
  title: "a session that is resumed counts its own usage, without what the one before it used",
  requirement: "R-511",
  plays: ["usage", "resume"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const first = await trial.start("usage");
    await first.runTurn();
    await first.close();
    const before = tokensOf(usageOf(first));
    const second = await trial.start("usage", { resume: first.sessionId });
    await second.runTurn();
    const after = tokensOf(usageOf(second));
    demand(after > 0, "The resumed session reported no usage.");
    demand(
      after < 2 * before,
      `One turn used ${before} tokens, and the same one after the resumption is said to have used ${after}.`,
    );
  },
});
