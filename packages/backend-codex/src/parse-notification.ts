import * as v from "valibot";
import type { Notification } from "./app-server-message.ts";
import { parseItem } from "./parse-item.ts";

const text = v.fallback(v.string(), "");
const maybeText = v.fallback(v.nullable(v.string()), null);
const count = v.fallback(v.pipe(v.number(), v.safeInteger(), v.minValue(0)), 0);

const counts = v.object({
  inputTokens: count,
  cachedInputTokens: count,
  cacheWriteInputTokens: count,
  outputTokens: count,
});
const limitWindow = v.object({
  usedPercent: v.pipe(
    v.number(),
    v.transform((percent) => Math.min(100, Math.max(0, percent))),
  ),
  resetsAt: v.fallback(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(0))), null),
});
const maybeWindow = v.fallback(v.nullable(limitWindow), null);

/** Either a word, or the word as the key of its details. */
const errorInfo = v.union([
  v.pipe(
    v.string(),
    v.transform((kind) => ({ kind, httpStatus: null })),
  ),
  v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((info) => {
      const [kind = null] = Object.keys(info);
      const status = v.safeParse(
        v.object({ httpStatusCode: v.number() }),
        Object.values(info).at(0),
      );
      return { kind, httpStatus: status.success ? status.output.httpStatusCode : null };
    }),
  ),
]);
const unknownKind = { kind: null, httpStatus: null };
const turnError = v.pipe(
  v.object({
    message: text,
    additionalDetails: maybeText,
    codexErrorInfo: v.fallback(v.nullable(errorInfo), null),
  }),
  v.transform(({ message, additionalDetails, codexErrorInfo }) => ({
    message,
    details: additionalDetails,
    ...(codexErrorInfo ?? unknownKind),
  })),
);
const nothingSaid = { message: "", details: null, ...unknownKind };

const item = v.pipe(
  v.object({ item: v.unknown() }),
  v.transform(({ item: raw }) => parseItem(raw)),
);

type Schema = v.GenericSchema<unknown, Notification | null>;

/** By method. What is damaged within a notification counts as not said. */
const schemas: ReadonlyMap<string, Schema> = new Map<string, Schema>([
  ["turn/started", turn((threadId, { id }) => ({ type: "turn-started", threadId, turnId: id }))],
  [
    "turn/completed",
    turn((threadId, { id, status, error }) => {
      return { type: "turn-completed", threadId, turnId: id, status, error };
    }),
  ],
  [
    "item/started",
    v.pipe(
      item,
      v.transform((known) => itemAs("item-started", known)),
    ),
  ],
  [
    "item/completed",
    v.pipe(
      item,
      v.transform((known) => itemAs("item-completed", known)),
    ),
  ],
  [
    "thread/tokenUsage/updated",
    v.pipe(
      v.object({
        threadId: v.string(),
        turnId: text,
        tokenUsage: v.object({ total: counts, last: counts }),
      }),
      v.transform(({ threadId, turnId, tokenUsage }): Notification => {
        return { type: "token-usage", threadId, turnId, ...tokenUsage };
      }),
    ),
  ],
  [
    "account/rateLimits/updated",
    v.pipe(
      v.object({ rateLimits: v.object({ primary: maybeWindow, secondary: maybeWindow }) }),
      v.transform(({ rateLimits }): Notification => ({ type: "rate-limits", ...rateLimits })),
    ),
  ],
  [
    "error",
    v.pipe(
      v.object({
        error: v.fallback(turnError, nothingSaid),
        willRetry: v.fallback(v.boolean(), false),
      }),
      v.transform((said): Notification => ({ type: "error", ...said })),
    ),
  ],
  ["warning", warning("message")],
  ["guardianWarning", warning("message")],
  ["configWarning", warning("summary")],
  ["deprecationNotice", warning("summary")],
  [
    "mcpServer/startupStatus/updated",
    v.pipe(
      v.object({ name: v.string(), status: v.literal("failed"), error: text }),
      v.transform(({ name, error }): Notification => {
        return { type: "mcp-failed", server: name, error };
      }),
    ),
  ],
]);

/** `null` for what means nothing here. */
export function parseNotification(method: string, params: unknown): Notification | null {
  const schema = schemas.get(method);
  if (schema === undefined) return null;
  const parsed = v.safeParse(schema, params);
  return parsed.success ? parsed.output : null;
}

type TurnSaid = Pick<Extract<Notification, { type: "turn-completed" }>, "status" | "error"> & {
  readonly id: string;
};

function turn(toNotification: (threadId: string, turn: TurnSaid) => Notification): Schema {
  return v.pipe(
    v.object({
      threadId: v.string(),
      turn: v.object({
        id: text,
        status: text,
        error: v.nullish(v.fallback(turnError, nothingSaid), null),
      }),
    }),
    v.transform(({ threadId, turn: said }) => toNotification(threadId, said)),
  );
}

function itemAs(
  type: "item-started" | "item-completed",
  known: ReturnType<typeof parseItem>,
): Notification | null {
  return known === null ? null : { type, item: known };
}

function warning(key: "message" | "summary"): Schema {
  return v.pipe(
    v.record(v.string(), v.unknown()),
    v.transform((said): Notification | null => {
      const words = said[key];
      return typeof words === "string" && words.trim() !== ""
        ? { type: "warning", text: words.trim() }
        : null;
    }),
  );
}
