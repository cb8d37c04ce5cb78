import { userInfo } from "node:os";
import { SignalboxError } from "@signalbox/contracts";
import type { ControlClient } from "../control/control-client.ts";
import { parseDrainReport } from "../control/drain.ts";
import { parseOrderReport } from "../control/order-report.ts";
import { maxAnswerLength, type ControlRequest, type OrderRequest } from "../control/protocol.ts";
import { reachDaemon } from "../control/reach-daemon.ts";
import type { Surroundings } from "../surroundings.ts";
import { plainText } from "../terminal/plain-text.ts";

interface OrderOptions {
  readonly file?: string | undefined;
  readonly stateDir?: string;
  readonly json: boolean;
}

export interface IssueOrderOptions extends OrderOptions {
  readonly issue: string;
  readonly wait: boolean;
}

export interface AnswerOptions extends OrderOptions {
  readonly issue: string;
  readonly text: string;
  readonly force: boolean;
}

export interface DrainOptions extends OrderOptions {
  readonly wait: boolean;
}

/** Gives the running daemon an order about one issue, and says what came of it. */
export async function order(
  verb: "stop" | "retry" | "release",
  options: IssueOrderOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { issue, wait } = options;
  await give({ verb, issue, wait, by: operator() }, options, surroundings);
}

/** Answers the question of a parked issue. */
export async function answer(options: AnswerOptions, surroundings: Surroundings): Promise<void> {
  const { issue, force } = options;
  const given = options.text === "-" ? await readAll(surroundings.input()) : options.text;
  const text = given.trim();
  if (text === "") {
    throw new SignalboxError("answer_empty", "the answer is empty", {
      remedy: "Write it behind the issue, or write `-` there and give it on stdin.",
    });
  }
  if (text.length > maxAnswerLength) {
    const message = `the answer has more than the ${maxAnswerLength} characters that an agent gets`;
    throw new SignalboxError("answer_too_long", message, {
      remedy: "Put the details into the issue, and answer with what to look at.",
    });
  }
  await give({ verb: "answer", issue, text, force, by: operator() }, options, surroundings);
}

/** Lets what runs come to its end, starts nothing new, and ends the daemon. `1` where it ended otherwise. */
export async function drain(options: DrainOptions, surroundings: Surroundings): Promise<0 | 1> {
  const { out, err } = surroundings;
  const { wait, json } = options;
  using client = await clientFor(options, surroundings);
  const request: ControlRequest = { verb: "drain", wait, by: operator() };
  const result = await client.request(request, (text) => err.line(plainText(text)));
  const report = parseDrainReport(result);
  out.line(json ? JSON.stringify(report) : plainText(report.text));
  return report.drained || !wait ? 0 : 1;
}

async function give(
  request: OrderRequest,
  options: OrderOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { out } = surroundings;
  using client = await clientFor(options, surroundings);
  const report = parseOrderReport(await client.request(request));
  out.line(options.json ? JSON.stringify(report) : plainText(report.text));
}

function clientFor(
  { file, stateDir }: OrderOptions,
  { cwd, environment }: Surroundings,
): Promise<ControlClient> {
  const place = { cwd, environment, ...(stateDir === undefined ? {} : { stateDir }) };
  return reachDaemon(file, place);
}

/** Reads on no further than it takes to see that it is too much. */
async function readAll(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of input) {
    text += typeof chunk === "string" ? chunk : decoder.decode(chunk, { stream: true });
    if (text.trim().length > maxAnswerLength) break;
  }
  return text;
}

/** The name under which an order stands in the journal. */
function operator(): string {
  try {
    return userInfo().username || nobody;
  } catch {
    // A user without an entry in the system's list has no name.
    return nobody;
  }
}

const nobody = "an operator";
