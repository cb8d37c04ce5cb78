/** Something that the model wants done, in words that fit every agent. */
export type Action =
  | { readonly kind: "write"; readonly path: string; readonly content: string }
  | { readonly kind: "read"; readonly path: string }
  | { readonly kind: "run"; readonly command: string }
  | {
      readonly kind: "call";
      readonly tool: string;
      readonly input: Readonly<Record<string, unknown>>;
    };

export type Block =
  /** Each chunk is sent as one event, so that a text may be larger than memory. */
  | { readonly kind: "text"; readonly chunks: Iterable<string> }
  | { readonly kind: "thinking"; readonly text: string }
  | { readonly kind: "action"; readonly action: Action };

export type StopReason = "end" | "action" | "max-tokens" | "pause" | "refusal" | "context";

/** Tokens of one answer. `input` counts neither cache reads nor cache writes. */
export interface Usage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

export type FailureReason =
  | "rate-limit"
  | "quota"
  | "billing"
  | "unauthorized"
  | "overloaded"
  | "server-error"
  | "context-exceeded"
  | "unknown-model"
  | "invalid"
  | "too-large";

/** An answer that is an error of the vendor. */
export interface Failure {
  readonly reason: FailureReason;
  readonly message?: string;
  /** Seconds until the limit is lifted, where the vendor says so. */
  readonly resetSeconds?: number;
}

/** How the stream of an answer ends: as it should, or after about half of its events. */
type Ending = "complete" | "cut" | "error" | "hang" | "garbage";

export interface Answer {
  readonly kind: "answer";
  readonly blocks: readonly Block[];
  readonly stop: StopReason;
  readonly usage: Usage;
  readonly ending: Ending;
  /** Milliseconds between two events. */
  readonly delayMs: number;
  /** Percent of the quota that is used up, told in the headers of the answer. */
  readonly quotaPercent: number | null;
}

export type Reply =
  | Answer
  | { readonly kind: "failure"; readonly failure: Failure }
  /** The connection is reset before any header. */
  | { readonly kind: "reset" }
  /** Nothing is ever answered. */
  | { readonly kind: "silence" };

/** What every answer costs, unless its scenario says otherwise: fixed, so that tests can add it up. */
const standardUsage: Usage = { input: 100, cacheRead: 50, cacheWrite: 10, output: 20 };

/** An answer of these blocks; it stops for the tools where it holds an action. */
export function answer(blocks: readonly Block[], changes: Partial<Answer> = {}): Answer {
  return {
    kind: "answer",
    blocks,
    stop: blocks.some((block) => block.kind === "action") ? "action" : "end",
    usage: standardUsage,
    ending: "complete",
    delayMs: 0,
    quotaPercent: null,
    ...changes,
  };
}

const chunkLength = 64;

/** A text in chunks of the size in which models speak. */
export function say(text: string): Block {
  const chunks: string[] = [];
  for (let start = 0; start < text.length; start += chunkLength) {
    chunks.push(text.slice(start, start + chunkLength));
  }
  return { kind: "text", chunks };
}

export function textOf(block: { readonly chunks: Iterable<string> }): string {
  return [...block.chunks].join("");
}
