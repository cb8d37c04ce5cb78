import type { JsonObject } from "@signalbox/contracts";
import * as v from "valibot";

/** Longer timers fire at once in JavaScript. */
export const longestMs = 2_147_483_647;

// Each message completes "<key> must be …".

/** A whole number, or its digits in quotes. */
export function wholeNumber(
  minimum: number,
  maximum: number = longestMs,
): v.GenericSchema<unknown, number> {
  const expected = `a whole number from ${minimum} to ${maximum}`;
  return v.pipe(
    v.unknown(),
    v.transform((value) =>
      typeof value === "string" && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : value,
    ),
    v.number(expected),
    v.integer(expected),
    v.minValue(minimum, expected),
    v.maxValue(maximum, expected),
  );
}

export function text(expected = "text that is not blank"): v.GenericSchema<unknown, string> {
  return v.pipe(v.string(expected), v.trim(), v.nonEmpty(expected));
}

/** A shell script, kept as it is; a blank one is none. */
export function script(): v.GenericSchema<unknown, string | null> {
  return v.pipe(
    v.string("a shell script"),
    v.transform((source) => (source.trim() === "" ? null : source)),
  );
}

/** A list of texts, or one text with commas. */
export function names(): v.GenericSchema<unknown, readonly string[]> {
  const expected = "a list of names";
  return v.pipe(
    v.union([v.array(v.string("a name in quotes"), expected), v.string()], expected),
    v.transform((value) => (typeof value === "string" ? value.split(",") : value)),
    v.transform((list) => list.map((name) => name.trim()).filter((name) => name !== "")),
  );
}

export function choice<const Options extends readonly string[]>(
  ...options: Options
): v.GenericSchema<unknown, Options[number]> {
  return v.picklist(options, `one of ${options.join(", ")}`);
}

export function map(): v.GenericSchema<unknown, JsonObject> {
  return v.custom<JsonObject>(isJsonObject, "a map of keys and values");
}

/** Whether a value that is JSON already is an object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
