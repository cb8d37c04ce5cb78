import type {
  AgentTool,
  AgentToolResult,
  AgentTools,
  Clock,
  JsonValue,
  Logger,
  RunObserver,
  RunOrder,
  ToolCall,
} from "@signalbox/contracts";
import { RunTools, type ToolServer } from "@signalbox/agent-tools";
import { ReportAllowance } from "./report-allowance.ts";
import type { RunInterruption } from "./run-interruption.ts";
import { redactAll } from "./secrets.ts";
import { performFor } from "./perform-for.ts";
import { withPatience } from "./patience.ts";
import { within } from "./within.ts";

/** How long a call waits for a daemon, or for what the daemon waits for. */
const answerLimitMs = 60_000;
/** For an agent that has asked a person to end its turn by itself. */
const partingMs = 30_000;
const maxQuestionCharacters = 4_000;

const askHuman: AgentTool = {
  name: "ask_human",
  description:
    "Asks the people who look after this issue, where you cannot go on without their answer. " +
    "The run ends with it: save your work, call this, and end your turn. " +
    "You are started again with the answer.",
  inputSchema: {
    type: "object",
    properties: { question: { type: "string", minLength: 1, maxLength: maxQuestionCharacters } },
    required: ["question"],
    additionalProperties: false,
  },
};

export interface RunDeskOrder {
  readonly order: RunOrder;
  readonly observer: RunObserver;
  readonly clock: Clock;
  readonly interruption: RunInterruption;
  readonly secrets: readonly string[];
  readonly logger: Logger;
  readonly transcribe: (text: string) => void;
  readonly onQuestion: (question: string) => void;
}

/** What the agent of one run asks of others: the daemon performs its tools, a person answers its question. */
export class RunDesk {
  /** `null`: this run has none. */
  readonly tools: RunTools | null;
  readonly #desk: RunDeskOrder;
  readonly #reports: ReportAllowance;
  #question: string | null = null;
  #parting: Disposable | null = null;

  constructor(desk: RunDeskOrder) {
    const { order, clock, secrets } = desk;
    this.#desk = desk;
    this.#reports = new ReportAllowance(clock);
    this.tools =
      order.tools === undefined
        ? null
        : new RunTools({
            tools: [askHuman, ...order.tools],
            clock,
            redact: (input) => redactAll(input, secrets),
            perform: (call, signal) => this.#perform(call, signal),
            onCalled: ({ name, result, tookMs }) => this.#report(name, result, tookMs),
          });
  }

  /** What a person is asked; `null` as long as it is nothing. */
  get question(): string | null {
    return this.#question;
  }

  /** As a backend is given them; `server`: where they are served to programs. */
  agentTools(server: ToolServer | null): AgentTools | null {
    const { tools } = this;
    if (tools === null) return null;
    return {
      list: () => tools.list(),
      call: (name, input, signal) => tools.call(name, input, signal),
      mcp: server?.mcp ?? null,
      binFolder: server?.binFolder ?? null,
    };
  }

  close(): void {
    this.#parting?.[Symbol.dispose]();
  }

  async #perform(call: ToolCall, signal: AbortSignal): Promise<AgentToolResult> {
    if (call.name === askHuman.name) return this.#ask(call.input);
    const { clock, interruption, observer } = this.#desk;
    const given = new AbortController();
    const either = AbortSignal.any([signal, interruption.signal]);
    const performing = (): Promise<AgentToolResult> =>
      performFor(observer, call, AbortSignal.any([either, given.signal]));
    const patience = { clock, signal: either, patienceMs: 0, who: "The daemon" };
    const result = await withPatience(patience, () => within(clock, answerLimitMs, performing));
    if (result !== "too-late") return result;
    given.abort();
    const seconds = answerLimitMs / 1_000;
    return failed("daemon-absent", `Nobody has performed it within ${seconds} s.`, true);
  }

  #ask(input: JsonValue): AgentToolResult {
    const question = questionIn(input);
    if (question === null) {
      return failed(
        "bad-arguments",
        `\`question\` has to be a text of 1 to ${maxQuestionCharacters} characters, and nothing else is taken.`,
      );
    }
    if (this.#question !== null) {
      return failed("already-asked", "A question is open already. End your turn.");
    }
    const { clock, interruption, onQuestion } = this.#desk;
    this.#question = question;
    onQuestion(question);
    this.#parting = clock.setTimer(partingMs, () =>
      interruption.interrupt({ kind: "needs-input", question }),
    );
    return {
      kind: "ok",
      output:
        "Your question is passed on. End your turn now: you are started again with the answer.",
    };
  }

  #report(tool: string, result: string, tookMs: number): void {
    const { logger, order, transcribe } = this.#desk;
    // What was done for it is limited already, and is always told.
    const admitted = result === "ok" ? "yes" : this.#reports.admit();
    if (admitted === "no") return;
    transcribe(`The agent called ${tool}: ${result}, ${tookMs} ms.`);
    if (admitted === "last") transcribe("It calls too often: what it is refused next is not told.");
    logger.log(result === "ok" ? "info" : "warn", "The agent called a tool.", {
      issue_id: order.issue.id,
      issue_identifier: order.issue.identifier,
      run_id: order.runId,
      tool,
      result,
      took_ms: tookMs,
    });
  }
}

function questionIn(input: JsonValue): string | null {
  if (typeof input !== "object" || input === null || !("question" in input)) return null;
  const { question } = input;
  if (Object.keys(input).length !== 1 || typeof question !== "string") return null;
  const text = question.trim();
  return text === "" || text.length > maxQuestionCharacters ? null : text;
}

function failed(code: string, message: string, retryable = false): AgentToolResult {
  return { kind: "failed", code, message, retryable };
}
