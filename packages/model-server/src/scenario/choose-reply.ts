import type { Conversation } from "../conversation.ts";
import { answer, say, type Action, type Answer, type Reply } from "../reply.ts";
import { toToolCall } from "../tool-call.ts";
import { exampleOf } from "./example-of.ts";
import { modifiers, type Modifier } from "./modifiers.ts";
import { parseScenario, type Phase, type Piece } from "./parse-scenario.ts";
import { scripts } from "./scripts.ts";

interface Choice {
  readonly reply: Reply;
  /** Whether the request takes part in the script. What an agent asks for itself (a title, a route) does not. */
  readonly isPartOfScript: boolean;
}

/** Answers the requests of one scenario. */
export interface Scenario {
  /**
   * `earlier` is the number of requests of the script that were answered. Throws a `RangeError` where the scenario
   * wants what the request does not offer.
   */
  readonly choose: (conversation: Conversation, earlier: number) => Choice;
}

/** Reads a scenario. Throws a `RangeError` that names the words there are where one is unknown. */
export function readScenario(text: string): Scenario {
  const phases = parseScenario(text);
  for (const { pieces } of phases) checkNames(pieces);
  return {
    choose: (conversation, earlier) => {
      const aside = replyAside(phases, conversation);
      if (aside !== undefined) return { reply: aside, isPartOfScript: false };
      const reply = replyOf(phaseAt(phases, earlier), conversation);
      return {
        reply: reply.kind === "answer" ? suited(reply, conversation) : reply,
        isPartOfScript: true,
      };
    },
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
  return reply;
}

/** The answer to what an agent asks for itself: by a schema, or without the tools that the script needs. */
function replyAside(phases: readonly Phase[], conversation: Conversation): Reply | undefined {
  if (conversation.answerSchema !== undefined) {
    return answer([say(JSON.stringify(exampleOf(conversation.answerSchema)))]);
  }
  if (conversation.tools.length > 0) return undefined;
  const wanted = replyOf(phases.at(-1)?.pieces ?? [], conversation);
  return wanted.kind === "answer" && actionsOf(wanted).length > 0
    ? answer([say("Work on the issue")])
    : undefined;
}

/** Checks that the request offers the tools, and leaves out what it does not want to see. */
function suited(reply: Answer, conversation: Conversation): Answer {
  for (const action of actionsOf(reply)) toToolCall(action, conversation);
  return conversation.wantsThinking
    ? reply
    : { ...reply, blocks: reply.blocks.filter((block) => block.kind !== "thinking") };
}

function actionsOf({ blocks }: Answer): readonly Action[] {
  return blocks.flatMap((block) => (block.kind === "action" ? [block.action] : []));
}
