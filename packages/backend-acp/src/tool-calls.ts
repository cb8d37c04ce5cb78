import type { AgentEvent, JsonValue } from "@signalbox/contracts";
import { toJson } from "./to-json.ts";
import type { ToolCallReport } from "./session-update.ts";

/** More are not open at a time, unless an agent forgets to end them. */
const maxOpenCalls = 500;
const ended = new Set(["completed", "failed", "canceled", "cancelled"]);

interface Call {
  readonly tool: string;
  readonly input: JsonValue;
  readonly hasInput: boolean;
  readonly isTold: boolean;
}

/**
 * Tells of each tool call once, and once of its end. An agent may say what it is about piece by piece, or not until it is
 * over: it is told as soon as its input is known, or when it begins.
 */
export class ToolCalls {
  readonly #tell: (event: AgentEvent) => void;
  readonly #open = new Map<string, Call>();
  readonly #closed = new Set<string>();

  constructor(tell: (event: AgentEvent) => void) {
    this.#tell = tell;
  }

  /** @param isBeginning whether it is about to run, whatever its status says */
  take(report: ToolCallReport, isBeginning = false): void {
    const id = report.toolCallId;
    if (this.#closed.has(id)) return;
    const call = this.#know(id, report);
    const isOver = ended.has(report.status ?? "");
    const isKnown = call.hasInput && report.status !== "pending";
    if (isBeginning || isOver || isKnown || report.status === "in_progress") this.#say(id, call);
    if (!isOver) return;
    this.#open.delete(id);
    remember(this.#closed, id);
    const isError = report.status !== "completed";
    this.#tell({ type: "tool-result", callId: id, isError, text: resultOf(report) });
  }

  /** The turn is over: tells what was held back. */
  end(): void {
    for (const [id, call] of this.#open) this.#say(id, call);
    this.#open.clear();
    this.#closed.clear();
  }

  #know(id: string, report: ToolCallReport): Call {
    const known = this.#open.get(id);
    const given = inputOf(report);
    const call: Call = {
      tool: report.name ?? known?.tool ?? report.kind ?? "other",
      input: given ?? (known?.hasInput === true ? known.input : titleOf(report, known)),
      hasInput: given !== null || known?.hasInput === true,
      isTold: known?.isTold ?? false,
    };
    this.#open.set(id, call);
    const [oldest] = this.#open.keys();
    if (this.#open.size > maxOpenCalls && oldest !== undefined) this.#open.delete(oldest);
    return call;
  }

  #say(id: string, call: Call): void {
    if (call.isTold) return;
    if (this.#open.has(id)) this.#open.set(id, { ...call, isTold: true });
    this.#tell({ type: "tool-call", callId: id, tool: call.tool, input: call.input });
  }
}

function remember(ids: Set<string>, id: string): void {
  ids.add(id);
  const [oldest] = ids;
  if (ids.size > maxOpenCalls && oldest !== undefined) ids.delete(oldest);
}

/** `null` where the agent has not said it yet: some begin with an empty one. */
function inputOf({ rawInput }: ToolCallReport): JsonValue | null {
  if (rawInput === undefined || rawInput === null) return null;
  const input = toJson(rawInput);
  const isEmpty = typeof input === "object" && input !== null && Object.keys(input).length === 0;
  return isEmpty ? null : input;
}

function titleOf({ title, locations }: ToolCallReport, known: Call | undefined): JsonValue {
  if (title === null) return known?.input ?? {};
  const paths = locations.map(({ path }) => path);
  return paths.length === 0 ? { title } : { title, paths };
}

function resultOf({ content, rawOutput }: ToolCallReport): string {
  const said = content.flatMap(({ content: block, path, type }) => {
    if (block !== null) return [block.text];
    return type === "diff" && path !== null ? [`Changed ${path}`] : [];
  });
  if (said.length > 0) return said.join("\n");
  if (rawOutput === undefined || rawOutput === null) return "";
  return typeof rawOutput === "string" ? rawOutput : JSON.stringify(toJson(rawOutput));
}
