import { demand } from "../../law-broken.ts";
import { backendLaw, type BackendLaw } from "../backend-law.ts";
import { Hearing } from "../hearing.ts";
import { showsEnvironments } from "../run-processes.ts";
import { startFailure } from "../start-failure.ts";
import { Trial } from "../trial.ts";

export const abortedOrderStartsNothing: BackendLaw = backendLaw({
  id: "aborted-order-starts-nothing",
  title: "an order that is stopped already starts nothing",
  requirement: "R-515",
  plays: ["success"],
  async run(subject) {
    await using trial = await Trial.open(subject);
    const hearing = new Hearing();
    await startFailure(trial, "success", { signal: AbortSignal.abort(), hearing });
    demand(hearing.events.length === 0, `It was heard to say ${hearing.summary()}.`);
    const processes = showsEnvironments ? await trial.processes() : [];
    demand(processes.length === 0, `Processes are alive: ${processes.join(", ")}.`);
  },
});
