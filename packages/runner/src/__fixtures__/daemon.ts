import { createInterface } from "node:readline";
import type { RunObserver, RunOrder, RunRecovery, StopReason, TurnReply } from "@signalbox/contracts";
import { ProcessRunHost } from "../host/process-run-host.ts";
import { realClock } from "./real-clock.ts";

/** What a test tells it, one JSON object a line. */
export type DaemonCommand =
  | { readonly start: RunOrder }
  | { readonly recover: RunRecovery }
  | { readonly stop: { readonly runId: string; readonly reason: StopReason } }
  | { readonly reply: TurnReply };

/**
 * A daemon in a process of its own, to be killed: says what it hears, one JSON array a line. Arguments: state folder,
 * runner entry. Its tests write the commands, so they are what they say.
 */
const [stateDir = "", entry = ""] = process.argv.slice(2);
const say = (...words: readonly unknown[]): void => console.log(JSON.stringify(words));
const host = new ProcessRunHost({
  runnerEntry: new URL(entry),
  nodeArguments: ["--conditions=@signalbox/source"],
  stateDir,
  clock: realClock,
  logger: { log: (level, message) => say("log", level, message) },
});
let answer: (reply: TurnReply) => void = () => undefined;
const observer: RunObserver = {
  onEvent: (event) => say("event", event),
  onTurnEnded: (turn) => {
    say("turn", turn);
    return new Promise((resolve) => {
      answer = resolve;
    });
  },
  // Begun, and never done with.
  onToolCall: (call) => {
    say("tool", call);
    return new Promise(() => undefined);
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line) as DaemonCommand;
  if ("reply" in command) answer(command.reply);
  else void perform(command).catch((error: unknown) => say("failed", String(error)));
}

async function perform(command: Exclude<DaemonCommand, { reply: unknown }>): Promise<void> {
  if ("start" in command) say("started", await host.start(command.start, observer));
  else if ("recover" in command) say("recovered", await host.recover(command.recover, observer));
  else say("stopped", await host.stop(command.stop.runId, command.stop.reason));
}
