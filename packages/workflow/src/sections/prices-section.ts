import type { ModelPrice } from "@signalbox/contracts";
import * as v from "valibot";
import { defaultPrices } from "../default-prices.ts";
import { isJsonObject } from "../fields.ts";
import { toSnakeCase } from "../snake-case.ts";

const expected = "US dollars per million tokens, 0 or more";
const dollars = v.pipe(v.number(expected), v.finite(expected), v.minValue(0, expected));
const map = "a map with input and output";

/** A list would pass as a record otherwise. */
const anyMap = v.custom<Record<string, unknown>>(isJsonObject, "a map of models to their prices");

const modelPrice: v.GenericSchema<unknown, ModelPrice> = v.pipe(
  v.custom<Record<string, unknown>>(isJsonObject, map),
  v.transform((keys) =>
    Object.fromEntries(Object.entries(keys).map(([key, value]) => [toSnakeCase(key), value])),
  ),
  v.strictObject(
    {
      input: dollars,
      output: dollars,
      cache_read: v.optional(v.nullable(dollars), null),
      cache_write: v.optional(v.nullable(dollars), null),
    },
    "a map of input, output, cache_read and cache_write",
  ),
  v.transform(({ input, output, cache_read: cacheRead, cache_write: cacheWrite }) => ({
    input,
    output,
    cacheRead,
    cacheWrite,
  })),
);

/** The file's prices over the default ones; `null` takes a default one away. */
export const pricesSection: v.GenericSchema<unknown, Readonly<Record<string, ModelPrice>>> = v.pipe(
  anyMap,
  v.record(v.string(), v.nullable(modelPrice)),
  v.transform((written) => {
    const prices = new Map<string, ModelPrice | null>(
      Object.entries({ ...defaultPrices, ...written }),
    );
    return Object.fromEntries(
      [...prices].flatMap(([model, price]) => (price === null ? [] : [[model, price] as const])),
    );
  }),
);
