import type { TrackerTestBed } from "../tracker/tracker-test-bed.ts";
import { mistakes } from "./tracker/broken-trackers.ts";
import { soundBed } from "./tracker/sound-bed.ts";

/** Breaks one law, and says nothing of links. */
export const unsoundBed: TrackerTestBed = {
  ...soundBed(mistakes["no-ids-no-request"]),
  name: "unsound tracker",
  lacks: { links: "It has none." },
};
