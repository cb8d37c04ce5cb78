import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { runProcessesNeeded } from "../run-processes.ts";
import { Trial } from "../trial.ts";

export const processesCarryMarker: BackendLaw = backendLaw({
  id: "processes-carry-marker",
  title:
    "the processes of a run carry the marker that its order sets, so that the host finds strays",
  requirement: "R-514",
  plays: ["stray"],
  exempts: runProcessesNeeded,
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("stray");
    await session.beginTurn();
    const alive = await trial.firstProcesses();
    demand(alive.length > 0, "No living process has the order's SIGNALBOX_RUN_ID.");
  },
});
