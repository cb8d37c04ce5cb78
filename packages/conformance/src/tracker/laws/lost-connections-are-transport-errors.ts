import { demand } from "../../law-broken.ts";
import { failuresOfReads } from "../tracker-failure.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TransportFault } from "../transport-fault.ts";

const faults: readonly TransportFault[] = [
  { kind: "no-connection", code: "ECONNREFUSED" },
  { kind: "no-connection", code: "ECONNRESET" },
  { kind: "no-connection", code: "ENOTFOUND" },
  { kind: "no-connection", code: "CERT_HAS_EXPIRED" },
  { kind: "cut" },
];

export const lostConnectionsAreTransportErrors: TrackerLaw = trackerLaw({
  id: "lost-connections-are-transport-errors",
  title: "a connection that is refused, reset, not trusted or cut is tracker_transport",
  requirement: "R-314",
  overTransport: true,
  async run(trial) {
    const ids = await trial.seed(1);
    for (const fault of faults) {
      trial.transport.mend();
      trial.transport.inject(fault);
      const name = fault.kind === "no-connection" ? fault.code : "A reply that breaks off";
      for (const { code, retryable } of await failuresOfReads(trial, ids)) {
        demand(code === "tracker_transport", `${name} became ${code}.`);
        demand(
          retryable || name === "CERT_HAS_EXPIRED",
          `${name} is said not to be worth a retry.`,
        );
      }
    }
  },
});
