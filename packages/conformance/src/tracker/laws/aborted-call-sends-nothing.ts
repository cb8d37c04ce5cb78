import { demand } from "../../law-broken.ts";
import { abortable } from "../abortable-calls.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";

export const abortedCallSendsNothing: TrackerLaw = trackerLaw({
  id: "aborted-call-sends-nothing",
  title: "a call whose signal is aborted already rejects with its reason and does nothing",
  requirement: "R-903",
  async run(trial) {
    const id = await trial.seedOne();
    for (const [name, call] of abortable(trial, id)) {
      const reason = new Error(`conformance: no ${name}`);
      const before = trial.transport.requests.length;
      const ended = call(AbortSignal.abort(reason)).then(
        () => "resolved",
        (error: unknown) => error,
      );
      const outcome = await trial.call(name, () => ended);
      demand(outcome === reason, `${name} ended with ${String(outcome)}, not with the reason.`);
      const sent = trial.transport.requests.length - before;
      demand(sent === 0, `${name} sent ${sent} requests all the same.`);
    }
    const state = await trial.world.stateOf(id);
    demand(state === trial.bed.states.waiting, "An aborted transition was made all the same.");
  },
});
