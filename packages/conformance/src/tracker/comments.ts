import type { CommentOrder, CommentReceipt } from "@signalbox/contracts";
import type { TrackerTrial } from "./tracker-trial.ts";

const mark = "Conformance comment: ";

/** `body`: a word in small letters, by which `marked` finds it. */
export function commentOrder(key: string, body: string): CommentOrder {
  return { key: `conformance-${key}`, body: `${mark}${body}.` };
}

export async function ensure(
  trial: TrackerTrial,
  id: string,
  key: string,
  body: string,
): Promise<CommentReceipt> {
  const adapter = trial.trackerWith("ensureComment");
  const order = commentOrder(key, body);
  return trial.call("ensureComment", (signal) => adapter.ensureComment(id, order, signal));
}

/** What `ensure` wrote there, as it was given. Adapters may put marks of their own around it. */
export async function marked(trial: TrackerTrial, id: string): Promise<readonly string[]> {
  const bodies = await trial.worldWith("comments").comments(id);
  return bodies.flatMap((body) => {
    const [, written] = /Conformance comment: ([a-z]+)\./.exec(body) ?? [];
    return written ?? [];
  });
}
