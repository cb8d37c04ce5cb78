import * as v from "valibot";

/** Of everything that goes over the control socket. Another one is refused, never guessed at. */
export const controlVersion = 1 as const;
/** Bytes of a request, its line break included. */
export const maxRequestBytes: number = 64 * 1024;
/** Characters of an answer that reach the agent. */
export const maxAnswerLength = 4_000;

/** What the daemon says to whoever connects, before anything is asked. */
export interface Hello {
  readonly type: "hello";
  readonly v: number;
  readonly pid: number;
  readonly host: string;
  readonly epoch: number;
  /** Epoch milliseconds. */
  readonly since: number;
  /** Of the program. */
  readonly version: string;
  /** Real path of the workflow file. */
  readonly workflow: string;
}

/** One line, once per connection. */
export type ControlRequest =
  | { readonly verb: "status" }
  | { readonly verb: "drain"; readonly wait: boolean; readonly by: string }
  | OrderRequest;

/** About one issue. `wait`: until a run that is to be stopped has ended. */
export type OrderRequest =
  | {
      readonly verb: "stop" | "retry" | "release";
      readonly issue: string;
      readonly by: string;
      readonly wait: boolean;
    }
  | {
      readonly verb: "answer";
      readonly issue: string;
      readonly by: string;
      readonly text: string;
      readonly force: boolean;
    };

/** What follows the hello: any number of `progress`, then one of the others. */
export type ControlReply =
  | { readonly type: "progress"; readonly text: string }
  | { readonly type: "result"; readonly result: unknown }
  | { readonly type: "error"; readonly error: ControlFailure };

export interface ControlFailure {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

const version = v.literal(controlVersion);
const issue = v.pipe(v.string(), v.nonEmpty(), v.maxLength(1_000));
const by = v.pipe(v.string(), v.nonEmpty(), v.maxLength(100));

const requestSchema: v.GenericSchema<unknown, ControlRequest> = v.variant("verb", [
  v.object({ v: version, verb: v.literal("status") }),
  v.object({ v: version, verb: v.literal("drain"), wait: v.boolean(), by }),
  v.object({
    v: version,
    verb: v.picklist(["stop", "retry", "release"]),
    issue,
    by,
    wait: v.boolean(),
  }),
  v.object({
    v: version,
    verb: v.literal("answer"),
    issue,
    by,
    text: v.pipe(v.string(), v.nonEmpty(), v.maxLength(maxAnswerLength)),
    force: v.boolean(),
  }),
]);

const helloSchema: v.GenericSchema<unknown, Hello> = v.object({
  type: v.literal("hello"),
  v: v.number(),
  pid: v.number(),
  host: v.string(),
  epoch: v.number(),
  since: v.number(),
  version: v.string(),
  workflow: v.string(),
});

const replySchema: v.GenericSchema<unknown, ControlReply> = v.variant("type", [
  v.object({ type: v.literal("progress"), text: v.string() }),
  v.object({ type: v.literal("result"), result: v.unknown() }),
  v.object({
    type: v.literal("error"),
    error: v.object({ code: v.string(), message: v.string(), remedy: v.nullable(v.string()) }),
  }),
]);

/** `null` for what is no request of this version. */
export function parseRequest(line: string): ControlRequest | null {
  return parse(requestSchema, line);
}

export function parseHello(line: string): Hello | null {
  return parse(helloSchema, line);
}

export function parseReply(line: string): ControlReply | null {
  return parse(replySchema, line);
}

export function requestLine(request: ControlRequest): string {
  return `${JSON.stringify({ v: controlVersion, ...request })}\n`;
}

export function replyLine(reply: Hello | ControlReply): string {
  return `${JSON.stringify(reply)}\n`;
}

function parse<Value>(schema: v.GenericSchema<unknown, Value>, line: string): Value | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  const result = v.safeParse(schema, value);
  return result.success ? result.output : null;
}
