import type { DeliveryConfig } from "@signalbox/contracts";
import * as v from "valibot";
import { choice, text, wholeNumber } from "../fields.ts";

/** `kind` is `null` where the key is missing. */
export interface DeliveryKeys extends Omit<DeliveryConfig, "kind"> {
  readonly kind: DeliveryConfig["kind"] | null;
}

const command = "a list of the program and its arguments, such as [npm, test]";

export const deliverySection: v.GenericSchema<unknown, DeliveryKeys> = v.pipe(
  v.object({
    kind: v.optional(choice("none", "branch", "merge", "pull-request")),
    into: v.optional(text("the name of a branch")),
    check: v.optional(
      v.pipe(
        v.unknown(),
        v.transform((value) =>
          typeof value === "string" && /^\S+$/.test(value) ? [value] : value,
        ),
        v.array(v.pipe(v.string("text in quotes"), v.nonEmpty("text in quotes")), command),
        v.minLength(1, command),
      ),
    ),
    check_timeout_ms: v.optional(wholeNumber(1), 600_000),
  }),
  v.transform((keys) => ({
    kind: keys.kind ?? null,
    into: keys.into ?? null,
    check: keys.check ?? null,
    checkTimeoutMs: keys.check_timeout_ms,
  })),
);
