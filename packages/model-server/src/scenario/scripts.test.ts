import { describe, expect, it } from "vitest";
import type { Conversation, Entry, OfferedTool } from "../conversation.ts";
import type { Action, Reply } from "../reply.ts";
import { readScenario } from "./choose-reply.ts";
import { scenario } from "./parse-scenario.ts";

const shell: OfferedTool = {
  name: "bash",
  type: "bash_20250124",
  namespace: null,
  parameters: {},
};
const asked: Entry = { role: "user", text: "Do it", toolCalls: 0, toolResults: 0 };
const called: Entry = { role: "assistant", text: "", toolCalls: 1, toolResults: 0 };
const got: Entry = { role: "user", text: "", toolCalls: 0, toolResults: 1 };
const said: Entry = { role: "assistant", text: "All done.", toolCalls: 0, toolResults: 0 };

function replyTo(text: string, entries: readonly Entry[]): Reply {
  const conversation: Conversation = {
    model: "m",
    isStreaming: false,
    entries,
    tools: [shell],
    wantsThinking: false,
    answerSchema: undefined,
    text: "",
    inputTokens: 10,
  };
  return readScenario(text).choose(conversation, 0).reply;
}

/** What the model wants done; the closing words where it wants nothing. */
function wanted(text: string, entries: readonly Entry[]): readonly (Action | string)[] {
  const reply = replyTo(text, entries);
  if (reply.kind !== "answer") throw new TypeError(`the reply is a ${reply.kind}`);
  const actions = reply.blocks.flatMap((block) => (block.kind === "action" ? [block.action] : []));
  const words = reply.blocks.map((block) =>
    block.kind === "text" ? [...block.chunks].join("") : "",
  );
  return actions.length > 0 ? actions : words;
}

const one = [asked, called, got];
const two = [...one, called, got];

describe("the next step", () => {
  it("follows from the tool results so far", () => {
    const text = scenario("write-file", "a/b.txt", "x, y: z\n");
    expect(wanted(text, [asked])).toEqual([
      { kind: "write", path: "a/b.txt", content: "x, y: z\n" },
    ]);
    expect(wanted(text, one)).toEqual([
      { kind: "run", command: "git add --all && git commit --quiet --message 'Add a/b.txt'" },
    ]);
    expect(wanted(text, two)).toEqual(["All done."]);
    expect(wanted(text, [...two, said, asked])).toEqual(["All done."]);
  });

  it("writes one more file in each turn", () => {
    const second = [...two, said, asked];
    expect(wanted("write-each-turn:a.b.txt", [asked])).toMatchObject([{ path: "a.b-1.txt" }]);
    expect(wanted("write-each-turn:a.b.txt", second)).toMatchObject([{ path: "a.b-2.txt" }]);
    expect(wanted("write-each-turn:notes", second)).toMatchObject([{ path: "notes-2" }]);
    expect(wanted("write-each-turn", [...two, said, ...two])).toEqual(["Turn 2 is done."]);
  });

  it.each<[string, readonly Entry[], readonly unknown[]]>([
    ["write-only:a.txt", one, ["All done."]],
    ["run:ls:pwd", one, [{ kind: "run", command: "pwd" }]],
    ["read-file:a.txt", [asked], [{ kind: "read", path: "a.txt" }]],
    ["tool:ask:%7B%22a%22%3A1%7D", [asked], [{ kind: "call", tool: "ask", input: { a: 1 } }]],
    ["steps:2", one, [{ kind: "run", command: "echo step 2" }]],
    ["steps:2", two, ["All done."]],
    ["loop", two, [{ kind: "run", command: "echo step 3" }]],
    ["parallel:2", one, ["All done."]],
    ["text:Hi", two, ["Hi"]],
  ])("%s", (text, entries, expected) => {
    expect(wanted(text, entries)).toEqual(expected);
  });

  it("makes a long text of exactly so many bytes", () => {
    const [text = ""] = wanted("long:100001", [asked]);
    expect(text).toHaveLength(100_001);
  });
});

it("changes an answer, and leaves a failure as it is", () => {
  expect(replyTo("slow:5+usage:1:2:3:4+quota-used:7+cut+text", [asked])).toMatchObject({
    delayMs: 5,
    usage: { input: 1, output: 2, cacheRead: 3, cacheWrite: 4 },
    quotaPercent: 7,
    ending: "cut",
  });
  expect(replyTo("slow:5+quota:60", [asked])).toEqual({
    kind: "failure",
    failure: { reason: "quota", resetSeconds: 60 },
  });
});

it("refuses a number that is none, and an input that is no object", () => {
  expect(() => replyTo("slow:fast", [asked])).toThrow('not "fast"');
  expect(() => replyTo("tool:ask:1", [asked])).toThrow("the input of a tool is an object, not 1");
});
