import { existsSync } from "node:fs";
import { join } from "node:path";
import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Trial } from "../trial.ts";

export const worksInWorkspace: BackendLaw = backendLaw({
  id: "works-in-workspace",
  title: "the agent works in the folder that the order names",
  requirement: "R-501",
  plays: ["success"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const session = await trial.start("success");
    await session.runTurn();
    demand(
      existsSync(join(trial.place.workspace, "conformance.txt")),
      "conformance.txt does not stand in the workspace after the turn.",
    );
  },
});
