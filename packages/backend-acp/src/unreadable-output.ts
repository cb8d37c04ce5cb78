import type { ProcessExit } from "@signalbox/process";

/** How a program counts as ended whose output could not be read: nothing more will be heard of it. */
export const unreadable: ProcessExit = {
  code: null,
  signal: null,
  durationMs: 0,
  stoppedBy: "unreadable output",
  survivors: [],
  suspects: [],
};
