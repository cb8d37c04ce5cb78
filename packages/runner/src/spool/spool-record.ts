import { crc32 } from "./crc32.ts";
import type {
  LogFields,
  LogLevel,
  RunEvent,
  ToolCall,
  TurnReply,
  TurnReport,
} from "@signalbox/contracts";

/** What stands in a spool beside the run's events: all that the next daemon has to know. */
export type SpoolEntry =
  | { readonly kind: "event"; readonly event: RunEvent }
  /** The run waits until a daemon replies. */
  | { readonly kind: "turn-question"; readonly turn: TurnReport }
  | { readonly kind: "turn-reply"; readonly turn: number; readonly reply: TurnReply }
  /** The agent waits for what comes of it, though not for ever. */
  | { readonly kind: "tool-call"; readonly call: ToolCall }
  /** It has its answer, or waits no more. */
  | { readonly kind: "tool-answered"; readonly callId: string }
  /** From here on no daemon of an older epoch is obeyed. */
  | { readonly kind: "epoch"; readonly epoch: number }
  | {
      readonly kind: "log";
      readonly level: LogLevel;
      readonly message: string;
      readonly fields: LogFields;
    };

const formatVersion = 1;
const kinds: ReadonlySet<unknown> = new Set<SpoolEntry["kind"]>([
  "event",
  "turn-question",
  "turn-reply",
  "tool-call",
  "tool-answered",
  "epoch",
  "log",
]);

export interface SpoolRecord {
  /** 1-based, without gaps. */
  readonly seq: number;
  readonly entry: SpoolEntry;
}

/** One line: the checksum of the rest, a space, JSON. */
export function formatSpoolRecord(seq: number, entry: SpoolEntry): string {
  const json = JSON.stringify({ v: formatVersion, seq, entry });
  return `${checksum(json)} ${json}\n`;
}

/** `null` where the line is not as it was written, or written by a version that this one does not know. */
export function parseSpoolRecord(line: string): SpoolRecord | null {
  const json = line.slice(9);
  if (line.slice(0, 9) !== `${checksum(json)} `) return null;
  const value: unknown = JSON.parse(json);
  return isSpoolRecord(value) ? value : null;
}

/** The checksum vouches for what is inside: it was written by `formatSpoolRecord`, in this version. */
function isSpoolRecord(value: unknown): value is SpoolRecord {
  if (typeof value !== "object" || value === null) return false;
  if (!("v" in value) || value.v !== formatVersion || !("seq" in value)) return false;
  if (!("entry" in value) || typeof value.entry !== "object" || value.entry === null) return false;
  return "kind" in value.entry && kinds.has(value.entry.kind);
}

function checksum(text: string): string {
  return crc32(Buffer.from(text)).toString(16).padStart(8, "0");
}
