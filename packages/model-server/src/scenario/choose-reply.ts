import type { Conversation } from "../conversation.ts";
import { answer, say, type Answer, type Reply } from "../reply.ts";
import { toToolCall } from "../tool-call.ts";
import { modifiers, type Modifier } from "./modifiers.ts";
import { parseScenario, type Phase, type Piece } from "./parse-scenario.ts";
import { scripts } from "./scripts.ts";

/** Answers the requests of one scenario. */
export interface Scenario {
  /**
   * `earlier` is the number of requests that this scenario has answered. Throws a `RangeError` where the scenario
   * wants what the request does not offer.
   */
  readonly reply: (conversation: Conversation, earlier: number) => Reply;
}

/** Reads a scenario. Throws a `RangeError` that names the words there are where one is unknown. */
export function readScenario(text: string): Scenario {
  const phases = parseScenario(text);
  for (const { pieces } of phases) checkNames(pieces);
  return {
    reply: (conversation, earlier) => replyOf(phaseAt(phases, earlier), conversation),
  };
}

function checkNames(pieces: readonly Piece[]): void {
  for (const [index, { name }] of pieces.entries()) {
    const isScript = index === pieces.length - 1 && Object.hasOwn(scripts, name);
    if (isScript || Object.hasOwn(modifiers, name)) continue;
    const known = [...Object.keys(scripts), ...Object.keys(modifiers)].join(", ");
    throw new RangeError(`there is no scenario "${name}" at this place; there are: ${known}`);
  }
}

function phaseAt(phases: readonly Phase[], earlier: number): readonly Piece[] {
  let left = earlier;
  for (const { times, pieces } of phases) {
    if (left < times) return pieces;
    left -= times;
  }
  return phases.at(-1)?.pieces ?? [];
}

function replyOf(pieces: readonly Piece[], conversation: Conversation): Reply {
  const last = pieces.at(-1);
  const script = last === undefined ? undefined : scripts[last.name];
  let reply = script?.(conversation, last?.parameters ?? []) ?? answer([say("All done.")]);
  for (const { name, parameters } of script === undefined ? pieces : pieces.slice(0, -1)) {
    const modifier: Modifier | undefined = modifiers[name];
    if (reply.kind !== "answer" || modifier === undefined) continue;
    reply = modifier(reply, conversation, parameters);
  }
  return reply.kind === "answer" ? suited(reply, conversation) : reply;
}

/** Leaves out what the client did not ask for. */
function suited(reply: Answer, conversation: Conversation): Answer {
  const hasAction = reply.blocks.some((block) => block.kind === "action");
  // Questions that an agent asks for itself (a title, who speaks next) take no part in the script.
  if (conversation.wantsJson) return { ...reply, blocks: [say(ownAnswer)], stop: "end" };
  if (hasAction && conversation.tools.length === 0) {
    return { ...reply, blocks: [say("Work on the issue")], stop: "end" };
  }
  for (const block of reply.blocks) {
    if (block.kind === "action") toToolCall(block.action, conversation);
  }
  return conversation.wantsThinking
    ? reply
    : { ...reply, blocks: reply.blocks.filter((block) => block.kind !== "thinking") };
}

const ownAnswer = JSON.stringify({ reasoning: "The work is done.", next_speaker: "user" });
