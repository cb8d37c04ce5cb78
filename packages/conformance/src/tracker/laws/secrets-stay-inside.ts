import { inspect } from "node:util";
import { SignalboxError } from "@signalbox/contracts";
import { demand } from "../../law-broken.ts";
import { LawInapplicable } from "../../law-inapplicable.ts";
import { abortable } from "../abortable-calls.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { SentRequest, TransportFault, TransportReply } from "../transport-fault.ts";

/** Services that quote what they were sent. */
const quoting =
  (status: number) =>
  ({ url, headers, body }: SentRequest): TransportReply => ({
    status,
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      message: `Refused: ${JSON.stringify({ url, headers, body })}`,
      errors: [{ message: `Bad credentials in ${JSON.stringify(headers)}` }],
    }),
  });
const faults: readonly (TransportFault | null)[] = [
  null,
  { kind: "reply", reply: quoting(401) },
  { kind: "reply", reply: quoting(500) },
  { kind: "reply", reply: quoting(200) },
  { kind: "no-connection", code: "ECONNRESET" },
];

export const secretsStayInside: TrackerLaw = trackerLaw({
  id: "secrets-stay-inside",
  title: "the API key is in requests alone: in no issue, error, problem or line of the log",
  requirement: "R-325",
  overTransport: true,
  async run(trial) {
    const { place, transport } = trial;
    const id = await trial.seedOne();
    const isHeld = (text: string): boolean => spellings(place.secret).some((s) => text.includes(s));
    for (const fault of faults) {
      transport.mend();
      if (fault !== null) transport.inject(fault);
      for (const [name, call] of abortable(trial, id)) {
        const outcome = await trial.call(name, (signal) =>
          call(signal).catch((error: unknown) => error),
        );
        const told = inspect(outcome, { depth: 12, showHidden: true, maxStringLength: 100_000 });
        demand(!isHeld(told), `The secret is in what ${name} ends with.`);
        if (outcome instanceof Error && !SignalboxError.isInstance(outcome)) {
          demand(false, `${name} failed with something else than a SignalboxError.`);
        }
      }
    }
    demand(!trial.log.some(({ text }) => isHeld(text)), "The secret is in the log.");
    if (!isHeld(JSON.stringify(transport.requests))) {
      throw new LawInapplicable("No request has the secret: the adapter was given none.");
    }
  },
});

/** As it is, and as HTTP's basic authentication and URLs write it. */
function spellings(secret: string): readonly string[] {
  return [secret, Buffer.from(secret).toString("base64"), encodeURIComponent(secret)];
}
