import type { IncomingHttpHeaders } from "node:http";
import type { Conversation } from "../conversation.ts";
import type { Answer, Failure } from "../reply.ts";

/** One event of a stream. */
export interface StreamEvent {
  /** The name on the `event:` line, where the vendor has one. */
  readonly name: string | null;
  readonly data: unknown;
}

export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** How one model service reads and speaks. */
export interface Vendor {
  /** Reads a request. Throws `BadRequest` where the service would answer 400 or 401. */
  readonly read: (body: unknown, headers: IncomingHttpHeaders, url: URL) => Conversation;
  /** The answer as one document. */
  readonly document: (answer: Answer, conversation: Conversation) => unknown;
  /** The answer as a stream, made as it is sent. */
  readonly events: (answer: Answer, conversation: Conversation) => Iterable<StreamEvent>;
  /** The event that ends a stream with an error. */
  readonly streamError: StreamEvent;
  readonly failure: (failure: Failure, model: string) => ErrorAnswer;
  /** A failure that this service tells in a stream whose status is 200. */
  readonly failureInStream?: (failure: Failure) => readonly StreamEvent[] | undefined;
  readonly headers: (answer: Answer) => Readonly<Record<string, string>>;
  /** The document that says how many tokens the request has. */
  readonly tokenCount: (conversation: Conversation) => unknown;
  readonly models: unknown;
}

/** The request is not what the service takes. */
export class BadRequest extends Error {
  readonly reason: Failure["reason"];

  constructor(message: string, reason: Failure["reason"] = "invalid") {
    super(message);
    this.name = "BadRequest";
    this.reason = reason;
  }
}

/** Seconds since 1970 at which a limit is lifted. */
export function resetAt(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}
