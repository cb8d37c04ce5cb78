import type { FailureCode } from "@signalbox/contracts";
import * as v from "valibot";
import type { MockRuns, MockStep } from "./mock-step.ts";

const camelCasedKeys = v.pipe(
  v.record(v.string(), v.unknown()),
  v.transform((raw) =>
    Object.fromEntries(
      Object.entries(raw).map(([key, value]) => [
        key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    ),
  ),
);

const failureCode: v.GenericSchema<unknown, FailureCode> = v.picklist([
  "agent-error",
  "agent-exit",
  "agent-not-found",
  "agent-protocol",
  "auth",
  "billing",
  "overloaded",
  "context-too-long",
  "transport",
  "spawn",
  "workspace",
  "hook",
  "prompt",
  "internal",
]);

const milliseconds = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31 - 1));
const tokens = v.pipe(v.number(), v.integer(), v.minValue(0));

const usage = v.exactOptional(
  v.pipe(
    v.unknown(),
    camelCasedKeys,
    v.strictObject({
      pool: v.exactOptional(v.string()),
      inputTokens: v.exactOptional(tokens),
      outputTokens: v.exactOptional(tokens),
      cacheReadTokens: v.exactOptional(tokens),
      cacheWriteTokens: v.exactOptional(tokens),
      costUsd: v.exactOptional(v.nullable(v.number())),
    }),
  ),
);

const always = {
  say: v.exactOptional(v.string()),
  usage,
  delayMs: v.exactOptional(milliseconds),
};

const step: v.GenericSchema<unknown, MockStep> = v.pipe(
  v.unknown(),
  camelCasedKeys,
  v.variant("kind", [
    v.strictObject({
      kind: v.literal("succeed"),
      files: v.exactOptional(v.record(v.string(), v.string())),
      commit: v.exactOptional(v.string()),
      ...always,
    }),
    v.strictObject({
      kind: v.literal("fail"),
      code: v.exactOptional(failureCode),
      retryable: v.exactOptional(v.boolean()),
      message: v.exactOptional(v.string()),
      ...always,
    }),
    v.strictObject({ kind: v.literal("hang"), ...always }),
    v.strictObject({
      kind: v.literal("crash"),
      at: v.exactOptional(v.picklist(["start", "turn"])),
      ...always,
    }),
    v.strictObject({ kind: v.literal("ask"), question: v.string(), ...always }),
    v.strictObject({
      kind: v.literal("quota"),
      pool: v.exactOptional(v.string()),
      resetsAt: v.exactOptional(v.number()),
      ...always,
    }),
    v.strictObject({ kind: v.literal("late-exit"), closeMs: milliseconds, ...always }),
  ]),
);

const run = v.lazy((value) =>
  Array.isArray(value) ? v.pipe(v.array(step), v.minLength(1)) : step,
);

/** The options of a workflow file. */
export interface MockOptions {
  readonly script: MockRuns;
}

const succeed: MockRuns = [{ kind: "succeed" }];

/** `script` is the list form of `MockScript`, its keys in `snake_case` or `camelCase`. Without one, every turn succeeds. */
export const mockSchema: v.GenericSchema<unknown, MockOptions> = v.object({
  script: v.optional(v.pipe(v.array(run), v.minLength(1)), succeed),
});
