import type { TrackerConfig } from "@signalbox/contracts";
import * as v from "valibot";
import { choice, map, names, text } from "../fields.ts";

/** `kind` is `""` where the file names none. */
export const trackerSection: v.GenericSchema<unknown, TrackerConfig> = v.pipe(
  v.object({
    kind: v.optional(text("the name of a tracker adapter")),
    provider: v.optional(map(), {}),
    active_states: v.optional(names()),
    terminal_states: v.optional(names()),
    required_labels: v.optional(names(), []),
    writes: v.optional(choice("full", "comment", "off"), "full"),
    states: v.optional(
      v.pipe(
        v.object({
          running: v.optional(text("the name of a state")),
          succeeded: v.optional(text("the name of a state")),
          needs_human: v.optional(text("the name of a state")),
        }),
        v.transform(({ running, succeeded, needs_human: needsHuman }) => ({
          ...(running === undefined ? {} : { running }),
          ...(succeeded === undefined ? {} : { succeeded }),
          ...(needsHuman === undefined ? {} : { needsHuman }),
        })),
      ),
    ),
  }),
  v.transform((keys) => ({
    kind: keys.kind ?? "",
    provider: keys.provider,
    activeStates: keys.active_states ?? null,
    terminalStates: keys.terminal_states ?? null,
    requiredLabels: keys.required_labels,
    writes: keys.writes,
    states: keys.states ?? null,
  })),
);
