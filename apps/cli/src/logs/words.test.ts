import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AgentEvent } from "@signalbox/contracts";
import { formatSpoolRecord, type SpoolEntry } from "@signalbox/runner/spool";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Scratch } from "../__fixtures__/scratch.ts";
import type { ShownEntry } from "./run-reader.ts";
import { WordsReader } from "./words-reader.ts";

let folder = "";

beforeEach(() => {
  seq = 0;
  folder = mkdtempSync(join(tmpdir(), "signalbox-words-"));
  mkdirSync(join(folder, "runs", "run-1"), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(lines: readonly unknown[]): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  writeFileSync(join(folder, "runs", "run-1", "transcript.jsonl"), text, { flag: "a" });
}

let seq = 0;
/** As a runner writes them. */
function spool(...entries: readonly SpoolEntry[]): void {
  for (const entry of entries) {
    seq += 1;
    appendFileSync(join(folder, "runs", "run-1", "spool"), formatSpoolRecord(seq, entry));
  }
}

const told = (at: number, source: string, text: string): unknown => ({ at, source, text });
const said = (at: number, event: AgentEvent): SpoolEntry => ({
  kind: "event",
  event: { spoolSeq: seq, at, type: "agent-event", event },
});
const message = (text: string): AgentEvent => ({ type: "message", role: "agent", text });
const usage = (inputTokens: number): AgentEvent => ({
  type: "usage",
  usage: {
    pool: "p",
    inputTokens,
    outputTokens: 0,
    cacheReadTokens: 0,
    cacheWriteTokens: 0,
    costUsd: null,
  },
});
const fingerprint = { digest: "d", head: null, commitsAhead: 0, dirty: false };
const turn = { turn: 1, outcome: { kind: "succeeded" }, fingerprint } as const;
const ending = { outcome: { kind: "succeeded" }, fingerprint: null, turns: 1 } as const;

async function shown(reader: WordsReader, until = Infinity): Promise<readonly string[]> {
  const entries: ShownEntry[] = [];
  for await (const entry of reader.entries(until)) entries.push(entry);
  return entries.map(({ at, source, text }) => `${at} ${source} ${text}`);
}

describe("the words of a run", () => {
  it("are what the agent was told and what its events say, in the order of time", async () => {
    const reader = new WordsReader(folder, "run-1");
    expect(await reader.isThere()).toBe(false);
    write([told(1, "prompt", "Do it."), told(2, "agent", '{"jsonrpc":"2.0"}')]);
    write([told(6, "prompt", "Go on."), told(7, "agent", "{}")]);
    spool(said(1, { type: "session-started", sessionId: "s", model: null }));
    spool(said(2, message("I look.")), said(3, usage(1)), said(4, usage(2)));
    spool({ kind: "turn-question", turn });
    appendFileSync(join(folder, "runs", "run-1", "spool"), "torn\n");
    // What a plugin's backend emits is what it emits.
    spool(said(7, JSON.parse('{ "type": "unheard-of" }')), said(8, message("Done.")));
    expect(await reader.isThere()).toBe(true);
    const all = [
      "1 prompt Do it.",
      "1 session s",
      "2 agent I look.",
      "4 usage 2 tokens in, 0 out",
      "6 prompt Go on.",
      "8 agent Done.",
    ];
    expect(await shown(reader)).toEqual(all);
    expect(await shown(reader)).toEqual([]);
    spool(said(9, usage(3)), {
      kind: "event",
      event: { spoolSeq: seq, at: 9, type: "ended", ending },
    });
    expect(await shown(reader)).toEqual(["9 usage 3 tokens in, 0 out"]);
    const last = new WordsReader(folder, "run-1");
    expect(await last.skipTo(2)).toBe(2);
    expect(await shown(last)).toEqual(["8 agent Done.", "9 usage 3 tokens in, 0 out"]);
  });

  it("wait for the transcript, which reaches the disk later", async () => {
    const reader = new WordsReader(folder, "run-1");
    spool(said(5, message("Yes.")));
    expect(await shown(reader, 4)).toEqual([]);
    write([told(3, "prompt", "Do it.")]);
    expect(await shown(reader, 4)).toEqual(["3 prompt Do it."]);
    expect(await shown(reader, 5)).toEqual(["5 agent Yes."]);
  });

  it("are the agent's own lines where a run has left no events", async () => {
    write([told(1, "prompt", "Do it."), told(2, "agent", "hello")]);
    const reader = new WordsReader(folder, "run-1");
    expect(await reader.skipTo(1)).toBe(1);
    expect(await shown(reader)).toEqual(["2 agent hello"]);
  });
});

const lines = [
  { type: "session", id: "s-1", model: "m-1" },
  { type: "message", text: "I \\u001b[31mlook\\u001b[0m." },
  { type: "tool-call", id: "c", tool: "Bash", input: { command: "npm test", timeout: 5 } },
  { type: "tool-result", id: "c", is_error: true, text: "1 failed" },
  { type: "usage", input_tokens: 12, output_tokens: 3 },
];
const agent = `${lines.map((line) => `echo '::signalbox ${JSON.stringify(line)}'`).join("\n")}
echo "with $API_TOKEN"
echo x > x; git add x; git commit -q -m done
`;
const settings = `tracker: { kind: roadmap }
agent: { backend: command }
backends: { command: { program: [sh, agent.sh], env: { API_TOKEN: a-secret-token } } }
delivery: { kind: merge }
sandbox: { tier: none }
`;

describe("signalbox logs", () => {
  it("R-612 R-615 tells in words what an agent says by its protocol; --raw has its lines", async () => {
    await using scratch = new Scratch(settings, ["One"]);
    scratch.write("agent.sh", agent);
    scratch.git("add", ".");
    scratch.git("commit", "-q", "-m", "agent");
    const { out, err } = await scratch.start("run", "--once").ended;
    expect(out + err).toContain("delivered");
    const words = await scratch.run("logs", "one");
    const shownLines = words.out.split("\n").map((line) => line.replace(/^\d\d:\d\d:\d\d /, ""));
    expect(shownLines).toEqual([
      expect.stringMatching(/^── run-1, attempt 1, /),
      expect.stringMatching(/^prompt +Work on One\.$/),
      expect.stringMatching(/^session {3}[\da-f-]{36}$/),
      "session   s-1, model m-1",
      "agent     I look.",
      "tool      Bash npm test",
      "result    failed: 1 failed",
      "agent     with [API_TOKEN]",
      "usage     12 tokens in, 3 out",
      "── run-1 succeeded",
      "",
    ]);
    const two = await scratch.run("logs", "one", "-n", "2");
    expect(two.out).toMatch(/^── run-1.*\n\S+ agent +with .*\n\S+ usage .*\n── run-1 succeeded\n$/);
    const raw = await scratch.run("logs", "one", "--raw");
    expect(raw.out).toContain(
      'agent     ::signalbox {"type":"session","id":"s-1","model":"m-1"}\n',
    );
    expect(raw.out).not.toContain("usage  ");
    const json = await scratch.run("logs", "one", "--json");
    expect(json.out).toContain('"source":"agent","text":"::signalbox {');
    const all = words.out + raw.out + json.out;
    expect(all).not.toContain("a-secret-token");
    expect(all.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});
