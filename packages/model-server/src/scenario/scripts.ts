import {
  countResults,
  countResultsOfTurn,
  countTurns,
  type Conversation,
} from "../conversation.ts";
import { answer, say, type Action, type Block, type Reply } from "../reply.ts";
import { failures } from "./failures.ts";
import { specActions } from "./spec-actions.ts";
import { toNumber } from "./to-number.ts";

/** What the model answers: follows from the request alone. */
export type Script = (conversation: Conversation, parameters: readonly string[]) => Reply;

export const scripts: Readonly<Record<string, Script>> = {
  ...failures,

  /** `text:TEXT` */
  text: (_conversation, [text]) => answer([say(text ?? "All done.")]),

  /** `write-file:PATH:CONTENT`: writes the file, commits it, says so. */
  "write-file": (conversation, [path = "hello.txt", content = "hello\n"]) =>
    act(countResults(conversation), writeAndCommit(path, content)),

  /** `write-only:PATH:CONTENT`: writes the file and commits nothing. */
  "write-only": (conversation, [path = "hello.txt", content = "hello\n"]) =>
    act(countResults(conversation), [{ kind: "write", path, content }]),

  /** `write-each-turn:PATH`: in each turn one more file, and a commit. `PATH` gets the 1-based turn before its last dot. */
  "write-each-turn": (conversation, [path = "turn.txt"]) => {
    const turn = countTurns(conversation) + 1;
    const numbered = path.replace(/(?=\.[^./]*$)|$/, `-${turn}`);
    return act(
      countResultsOfTurn(conversation),
      writeAndCommit(numbered, `turn ${turn}\n`),
      `Turn ${turn} is done.`,
    );
  },

  /** `run:COMMAND:COMMAND:…`: runs shell commands, one after the other. */
  run: (conversation, commands) =>
    act(
      countResults(conversation),
      commands.map((command) => ({ kind: "run", command })),
    ),

  /** `read-file:PATH` */
  "read-file": (conversation, [path = "README.md"]) =>
    act(countResults(conversation), [{ kind: "read", path }]),

  /**
   * `tool:NAME:JSON`: calls a tool by its name, offered or not; a name matches the end of an offered one. Commands behind
   * it are run before: agents may begin before they know all their tools.
   */
  tool: (conversation, [tool = "unknown_tool", input = "{}", ...commands]) =>
    act(countResults(conversation), [
      ...commands.map((command) => ({ kind: "run", command }) as const),
      { kind: "call", tool, input: parseInput(input) },
    ]),

  /** `steps:N`: N harmless tool calls before the end. */
  steps: (conversation, [count]) => act(countResults(conversation), echoes(toNumber(count, 3))),

  /** `parallel:N`: N tool calls in one answer. */
  parallel: (conversation, [count]) =>
    countResults(conversation) > 0
      ? answer([say("All done.")])
      : answer(echoes(toNumber(count, 2)).map((action) => ({ kind: "action", action }))),

  /** Tool calls without end. */
  loop: (conversation) => act(0, echoes(1, countResults(conversation) + 1)),

  /** Does what the demo's roadmap says: module, test, check, commit. */
  spec: (conversation) => act(countResultsOfTurn(conversation), specActions(conversation.text)),

  /** `long:BYTES`: a text of many lines. At most 1 GiB for Anthropic and Gemini, 256 MiB for OpenAI. */
  long: (_conversation, [bytes]) => answer([lines(toNumber(bytes, 1_000_000))]),

  /** `huge-line:BYTES`: a text without a line break, as one event. */
  "huge-line": (_conversation, [bytes]) =>
    answer([{ kind: "text", chunks: ["x".repeat(toNumber(bytes, 10_000_000))] }]),

  /** An answer without any content. */
  empty: () => answer([]),
  refusal: () => answer([say("I can't help with that.")], { stop: "refusal" }),
  "max-tokens": () => answer([say("This goes on and on")], { stop: "max-tokens" }),
  "context-stop": () => answer([say("There is no more room")], { stop: "context" }),

  /** `pause-turn:N`: pauses N times; the client sends the answer back as it is, and the model goes on. */
  "pause-turn": ({ entries }, [count]) => {
    const said = entries.at(-1)?.role === "assistant" ? (entries.at(-1)?.text ?? "") : "";
    const pauses = said.split(pauseText).length - 1;
    return pauses < toNumber(count, 1)
      ? answer([say(pauseText)], { stop: "pause" })
      : answer([say("All done.")]);
  },
};

const pauseText = "Looking further.";

/** The next action of a list, or the closing words. */
function act(done: number, actions: readonly Action[], closing = "All done."): Reply {
  const action = actions[done];
  if (action === undefined) return answer([say(closing)]);
  return answer([say(announcement(action)), { kind: "action", action }]);
}

function announcement(action: Action): string {
  switch (action.kind) {
    case "write":
      return `I will write ${action.path}.`;
    case "read":
      return `I will read ${action.path}.`;
    case "run":
      return "I will run a command.";
    case "call":
      return `I will use ${action.tool}.`;
  }
}

function writeAndCommit(path: string, content: string): readonly Action[] {
  const title = `Add ${path}`.replaceAll("'", "");
  return [
    { kind: "write", path, content },
    { kind: "run", command: `git add --all && git commit --quiet --message '${title}'` },
  ];
}

function echoes(count: number, from = 1): readonly Action[] {
  return Array.from({ length: count }, (_, index) => ({
    kind: "run",
    command: `echo step ${from + index}`,
  }));
}

function lines(bytes: number): Block {
  const line = `${"A line of a long answer. ".repeat(4).trimEnd()}\n`;
  const chunk = line.repeat(640);
  return {
    kind: "text",
    chunks: {
      *[Symbol.iterator]() {
        for (let left = bytes; left > 0; left -= chunk.length) yield chunk.slice(0, left);
      },
    },
  };
}

function parseInput(json: string): Readonly<Record<string, unknown>> {
  const input: unknown = JSON.parse(json);
  if (typeof input === "object" && input !== null) return { ...input };
  throw new RangeError(`the input of a tool is an object, not ${json}`);
}
