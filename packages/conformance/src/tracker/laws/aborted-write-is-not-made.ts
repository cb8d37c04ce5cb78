import { demand } from "../../law-broken.ts";
import { within } from "../../within.ts";
import { AbortedWrite } from "../aborted-write.ts";
import { trackerLaw, type TrackerLaw } from "../tracker-law.ts";
import type { TrackerTrial } from "../tracker-trial.ts";
import { changesSomething } from "../transport-fault.ts";
import { type TriedWrite, writesOf } from "../writes.ts";

/** What a write may take that waits for no other one. */
const freeMs = 300;

export const abortedWriteIsNotMade: TrackerLaw = trackerLaw({
  id: "aborted-write-is-not-made",
  title: "a write that is aborted while it waits for others is not made, and these are",
  requirement: "R-903",
  methods: ["transition"],
  async run(trial) {
    for (const write of writesOf(trial)) {
      await abortAmongOthers(trial, write);
      if (typeof trial.bed.transport !== "string") await abortBehindSilence(trial, write);
    }
  },
});

/** Three at once; the second is aborted before anything else happens. */
async function abortAmongOthers(trial: TrackerTrial, write: TriedWrite): Promise<void> {
  const [first = "", second = "", third = ""] = await trial.seed(3);
  const before = made(trial, write, first);
  const aborted = new AbortedWrite(write, second);
  const behind = made(trial, write, third);
  const ended = await aborted.abort(trial.patienceMs);
  await Promise.all([before, behind]);
  if (ended === "aborted") await aborted.demandNotMade();
}

/** The write before it hangs: where writes wait for each other, it is aborted in the queue. */
async function abortBehindSilence(trial: TrackerTrial, write: TriedWrite): Promise<void> {
  const { transport, bed, patienceMs } = trial;
  const writesSent = (): number =>
    transport.requests.filter(bed.isWrite ?? changesSomething).length;
  const [first = "", second = "", third = ""] = await trial.seed(3);
  const sentBefore = writesSent();
  transport.inject({ kind: "hang" }, { on: "write", times: 1 });
  const hanging = new AbortedWrite(write, first);
  const isSent = async (): Promise<void> => {
    while (writesSent() === sentBefore) await transport.nextRequest();
  };
  await within(patienceMs, `the request of ${write.name}`, isSent());
  const aborted = new AbortedWrite(write, second);
  await aborted.settle(freeMs);
  const isQueued = writesSent() === sentBefore + 1;
  await aborted.abort(patienceMs);
  await hanging.abort(patienceMs);
  transport.mend();
  await made(trial, write, third);
  if (isQueued) await aborted.demandNotMade();
}

/** Breaks the law where the write is not made. */
async function made(
  trial: TrackerTrial,
  { name, make, timesMade }: TriedWrite,
  id: string,
): Promise<void> {
  await trial.call(name, (signal) => make(id, signal));
  demand((await timesMade(id)) === 1, `${name} was not made, beside one that was aborted.`);
}
