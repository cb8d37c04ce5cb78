import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const quietAfterClose: BackendLaw = backendLaw({
  id: "quiet-after-close",
  title: "nothing is said after the session is closed",
  requirement: "R-516",
  plays: ["hang"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("hang", { limits: { silenceTimeoutMs: 0 } });
    await session.beginTurn();
    await session.close();
    await session.staysQuiet("close");
  },
});
