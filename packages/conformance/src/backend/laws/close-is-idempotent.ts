import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const closeIsIdempotent: BackendLaw = backendLaw({
  id: "close-is-idempotent",
  title:
    "a session can be closed at every phase and any number of times, and its turn is then canceled",
  requirement: "R-515",
  plays: ["success", "hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const unused = await trial.start("success");
    await Promise.all([unused.close(), unused.close()]);
    await unused.close();

    const used = await trial.start("success");
    await used.runTurn();
    await used.close();
    await used.close();

    const busy = await trial.start("hang", { limits: { silenceTimeoutMs: 0 } });
    const { outcome } = await busy.beginTurn();
    await Promise.all([busy.close(), busy.close()]);
    const ended = await outcome;
    demand(ended.kind === "canceled", `Closed, the turn ended as ${JSON.stringify(ended)}.`);
  },
});
